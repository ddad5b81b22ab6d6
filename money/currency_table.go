package money

// The currencies of ISO 4217, list one ("current currency & funds code list")
// as published on 2026-01-01, amendments up to number 180. Each constant is the
// numeric code of the standard, so money.GBP is 826. XCG has the number that its
// predecessor ANG had.
//
// Funds codes that have a minor unit (BOV, CHE, CHW, CLF, COU, MXV, USN, UYI,
// UYW, XAD) are here. The thirteen codes for which the standard gives no minor
// unit (the metals XAG XAU XPD XPT, the units of account XBA XBB XBC XBD XDR
// XSU XUA, XTS for tests and XXX for no currency) are not: there is nothing to
// count an [Amount] in.
//
// BGN is the one withdrawn currency: the euro replaced it on 2026-01-01, and the
// orders of the years before still have to be shown. Its [Currency.Active] is
// false. A currency that is in this table stays in it for ever.
const (
	AED Currency = 784 // UAE Dirham
	AFN Currency = 971 // Afghani
	ALL Currency = 8   // Lek
	AMD Currency = 51  // Armenian Dram
	AOA Currency = 973 // Kwanza
	ARS Currency = 32  // Argentine Peso
	AUD Currency = 36  // Australian Dollar
	AWG Currency = 533 // Aruban Florin
	AZN Currency = 944 // Azerbaijan Manat
	BAM Currency = 977 // Convertible Mark
	BBD Currency = 52  // Barbados Dollar
	BDT Currency = 50  // Taka
	BGN Currency = 975 // Bulgarian Lev; withdrawn on 2026-01-01 for EUR
	BHD Currency = 48  // Bahraini Dinar; 3 decimals
	BIF Currency = 108 // Burundi Franc; no decimals
	BMD Currency = 60  // Bermudian Dollar
	BND Currency = 96  // Brunei Dollar
	BOB Currency = 68  // Boliviano
	BOV Currency = 984 // Mvdol
	BRL Currency = 986 // Brazilian Real
	BSD Currency = 44  // Bahamian Dollar
	BTN Currency = 64  // Ngultrum
	BWP Currency = 72  // Pula
	BYN Currency = 933 // Belarusian Ruble
	BZD Currency = 84  // Belize Dollar
	CAD Currency = 124 // Canadian Dollar
	CDF Currency = 976 // Congolese Franc
	CHE Currency = 947 // WIR Euro
	CHF Currency = 756 // Swiss Franc
	CHW Currency = 948 // WIR Franc
	CLF Currency = 990 // Unidad de Fomento; 4 decimals
	CLP Currency = 152 // Chilean Peso; no decimals
	CNY Currency = 156 // Yuan Renminbi
	COP Currency = 170 // Colombian Peso
	COU Currency = 970 // Unidad de Valor Real
	CRC Currency = 188 // Costa Rican Colon
	CUP Currency = 192 // Cuban Peso
	CVE Currency = 132 // Cabo Verde Escudo
	CZK Currency = 203 // Czech Koruna
	DJF Currency = 262 // Djibouti Franc; no decimals
	DKK Currency = 208 // Danish Krone
	DOP Currency = 214 // Dominican Peso
	DZD Currency = 12  // Algerian Dinar
	EGP Currency = 818 // Egyptian Pound
	ERN Currency = 232 // Nakfa
	ETB Currency = 230 // Ethiopian Birr
	EUR Currency = 978 // Euro
	FJD Currency = 242 // Fiji Dollar
	FKP Currency = 238 // Falkland Islands Pound
	GBP Currency = 826 // Pound Sterling
	GEL Currency = 981 // Lari
	GHS Currency = 936 // Ghana Cedi
	GIP Currency = 292 // Gibraltar Pound
	GMD Currency = 270 // Dalasi
	GNF Currency = 324 // Guinean Franc; no decimals
	GTQ Currency = 320 // Quetzal
	GYD Currency = 328 // Guyana Dollar
	HKD Currency = 344 // Hong Kong Dollar
	HNL Currency = 340 // Lempira
	HTG Currency = 332 // Gourde
	HUF Currency = 348 // Forint
	IDR Currency = 360 // Rupiah
	ILS Currency = 376 // New Israeli Sheqel
	INR Currency = 356 // Indian Rupee
	IQD Currency = 368 // Iraqi Dinar; 3 decimals
	IRR Currency = 364 // Iranian Rial
	ISK Currency = 352 // Iceland Krona; no decimals
	JMD Currency = 388 // Jamaican Dollar
	JOD Currency = 400 // Jordanian Dinar; 3 decimals
	JPY Currency = 392 // Yen; no decimals
	KES Currency = 404 // Kenyan Shilling
	KGS Currency = 417 // Som
	KHR Currency = 116 // Riel
	KMF Currency = 174 // Comorian Franc; no decimals
	KPW Currency = 408 // North Korean Won
	KRW Currency = 410 // Won; no decimals
	KWD Currency = 414 // Kuwaiti Dinar; 3 decimals
	KYD Currency = 136 // Cayman Islands Dollar
	KZT Currency = 398 // Tenge
	LAK Currency = 418 // Lao Kip
	LBP Currency = 422 // Lebanese Pound
	LKR Currency = 144 // Sri Lanka Rupee
	LRD Currency = 430 // Liberian Dollar
	LSL Currency = 426 // Loti
	LYD Currency = 434 // Libyan Dinar; 3 decimals
	MAD Currency = 504 // Moroccan Dirham
	MDL Currency = 498 // Moldovan Leu
	MGA Currency = 969 // Malagasy Ariary
	MKD Currency = 807 // Denar
	MMK Currency = 104 // Kyat
	MNT Currency = 496 // Tugrik
	MOP Currency = 446 // Pataca
	MRU Currency = 929 // Ouguiya
	MUR Currency = 480 // Mauritius Rupee
	MVR Currency = 462 // Rufiyaa
	MWK Currency = 454 // Malawi Kwacha
	MXN Currency = 484 // Mexican Peso
	MXV Currency = 979 // Mexican Unidad de Inversion (UDI)
	MYR Currency = 458 // Malaysian Ringgit
	MZN Currency = 943 // Mozambique Metical
	NAD Currency = 516 // Namibia Dollar
	NGN Currency = 566 // Naira
	NIO Currency = 558 // Cordoba Oro
	NOK Currency = 578 // Norwegian Krone
	NPR Currency = 524 // Nepalese Rupee
	NZD Currency = 554 // New Zealand Dollar
	OMR Currency = 512 // Rial Omani; 3 decimals
	PAB Currency = 590 // Balboa
	PEN Currency = 604 // Sol
	PGK Currency = 598 // Kina
	PHP Currency = 608 // Philippine Peso
	PKR Currency = 586 // Pakistan Rupee
	PLN Currency = 985 // Zloty
	PYG Currency = 600 // Guarani; no decimals
	QAR Currency = 634 // Qatari Rial
	RON Currency = 946 // Romanian Leu
	RSD Currency = 941 // Serbian Dinar
	RUB Currency = 643 // Russian Ruble
	RWF Currency = 646 // Rwanda Franc; no decimals
	SAR Currency = 682 // Saudi Riyal
	SBD Currency = 90  // Solomon Islands Dollar
	SCR Currency = 690 // Seychelles Rupee
	SDG Currency = 938 // Sudanese Pound
	SEK Currency = 752 // Swedish Krona
	SGD Currency = 702 // Singapore Dollar
	SHP Currency = 654 // Saint Helena Pound
	SLE Currency = 925 // Leone
	SOS Currency = 706 // Somali Shilling
	SRD Currency = 968 // Surinam Dollar
	SSP Currency = 728 // South Sudanese Pound
	STN Currency = 930 // Dobra
	SVC Currency = 222 // El Salvador Colon
	SYP Currency = 760 // Syrian Pound
	SZL Currency = 748 // Lilangeni
	THB Currency = 764 // Baht
	TJS Currency = 972 // Somoni
	TMT Currency = 934 // Turkmenistan New Manat
	TND Currency = 788 // Tunisian Dinar; 3 decimals
	TOP Currency = 776 // Pa’anga
	TRY Currency = 949 // Turkish Lira
	TTD Currency = 780 // Trinidad and Tobago Dollar
	TWD Currency = 901 // New Taiwan Dollar
	TZS Currency = 834 // Tanzanian Shilling
	UAH Currency = 980 // Hryvnia
	UGX Currency = 800 // Uganda Shilling; no decimals
	USD Currency = 840 // US Dollar
	USN Currency = 997 // US Dollar (Next day)
	UYI Currency = 940 // Uruguay Peso en Unidades Indexadas (UI); no decimals
	UYU Currency = 858 // Peso Uruguayo
	UYW Currency = 927 // Unidad Previsional; 4 decimals
	UZS Currency = 860 // Uzbekistan Sum
	VED Currency = 926 // Bolívar Soberano
	VES Currency = 928 // Bolívar Soberano
	VND Currency = 704 // Dong; no decimals
	VUV Currency = 548 // Vatu; no decimals
	WST Currency = 882 // Tala
	XAD Currency = 396 // Arab Accounting Dinar
	XAF Currency = 950 // CFA Franc BEAC; no decimals
	XCD Currency = 951 // East Caribbean Dollar
	XCG Currency = 532 // Caribbean Guilder
	XOF Currency = 952 // CFA Franc BCEAO; no decimals
	XPF Currency = 953 // CFP Franc; no decimals
	YER Currency = 886 // Yemeni Rial
	ZAR Currency = 710 // Rand
	ZMW Currency = 967 // Zambian Kwacha
	ZWG Currency = 924 // Zimbabwe Gold
)

// currencyInfo is what the standard says about a currency.
type currencyInfo struct {
	code      string // three upper-case letters; empty marks a number that is no currency
	name      string // English
	digits    uint8  // decimals of the minor unit
	withdrawn bool   // no longer in list one
}

// currencyTable is indexed by numeric code.
var currencyTable = [1000]currencyInfo{
	AED: {code: "AED", name: "UAE Dirham", digits: 2},
	AFN: {code: "AFN", name: "Afghani", digits: 2},
	ALL: {code: "ALL", name: "Lek", digits: 2},
	AMD: {code: "AMD", name: "Armenian Dram", digits: 2},
	AOA: {code: "AOA", name: "Kwanza", digits: 2},
	ARS: {code: "ARS", name: "Argentine Peso", digits: 2},
	AUD: {code: "AUD", name: "Australian Dollar", digits: 2},
	AWG: {code: "AWG", name: "Aruban Florin", digits: 2},
	AZN: {code: "AZN", name: "Azerbaijan Manat", digits: 2},
	BAM: {code: "BAM", name: "Convertible Mark", digits: 2},
	BBD: {code: "BBD", name: "Barbados Dollar", digits: 2},
	BDT: {code: "BDT", name: "Taka", digits: 2},
	BGN: {code: "BGN", name: "Bulgarian Lev", digits: 2, withdrawn: true},
	BHD: {code: "BHD", name: "Bahraini Dinar", digits: 3},
	BIF: {code: "BIF", name: "Burundi Franc", digits: 0},
	BMD: {code: "BMD", name: "Bermudian Dollar", digits: 2},
	BND: {code: "BND", name: "Brunei Dollar", digits: 2},
	BOB: {code: "BOB", name: "Boliviano", digits: 2},
	BOV: {code: "BOV", name: "Mvdol", digits: 2},
	BRL: {code: "BRL", name: "Brazilian Real", digits: 2},
	BSD: {code: "BSD", name: "Bahamian Dollar", digits: 2},
	BTN: {code: "BTN", name: "Ngultrum", digits: 2},
	BWP: {code: "BWP", name: "Pula", digits: 2},
	BYN: {code: "BYN", name: "Belarusian Ruble", digits: 2},
	BZD: {code: "BZD", name: "Belize Dollar", digits: 2},
	CAD: {code: "CAD", name: "Canadian Dollar", digits: 2},
	CDF: {code: "CDF", name: "Congolese Franc", digits: 2},
	CHE: {code: "CHE", name: "WIR Euro", digits: 2},
	CHF: {code: "CHF", name: "Swiss Franc", digits: 2},
	CHW: {code: "CHW", name: "WIR Franc", digits: 2},
	CLF: {code: "CLF", name: "Unidad de Fomento", digits: 4},
	CLP: {code: "CLP", name: "Chilean Peso", digits: 0},
	CNY: {code: "CNY", name: "Yuan Renminbi", digits: 2},
	COP: {code: "COP", name: "Colombian Peso", digits: 2},
	COU: {code: "COU", name: "Unidad de Valor Real", digits: 2},
	CRC: {code: "CRC", name: "Costa Rican Colon", digits: 2},
	CUP: {code: "CUP", name: "Cuban Peso", digits: 2},
	CVE: {code: "CVE", name: "Cabo Verde Escudo", digits: 2},
	CZK: {code: "CZK", name: "Czech Koruna", digits: 2},
	DJF: {code: "DJF", name: "Djibouti Franc", digits: 0},
	DKK: {code: "DKK", name: "Danish Krone", digits: 2},
	DOP: {code: "DOP", name: "Dominican Peso", digits: 2},
	DZD: {code: "DZD", name: "Algerian Dinar", digits: 2},
	EGP: {code: "EGP", name: "Egyptian Pound", digits: 2},
	ERN: {code: "ERN", name: "Nakfa", digits: 2},
	ETB: {code: "ETB", name: "Ethiopian Birr", digits: 2},
	EUR: {code: "EUR", name: "Euro", digits: 2},
	FJD: {code: "FJD", name: "Fiji Dollar", digits: 2},
	FKP: {code: "FKP", name: "Falkland Islands Pound", digits: 2},
	GBP: {code: "GBP", name: "Pound Sterling", digits: 2},
	GEL: {code: "GEL", name: "Lari", digits: 2},
	GHS: {code: "GHS", name: "Ghana Cedi", digits: 2},
	GIP: {code: "GIP", name: "Gibraltar Pound", digits: 2},
	GMD: {code: "GMD", name: "Dalasi", digits: 2},
	GNF: {code: "GNF", name: "Guinean Franc", digits: 0},
	GTQ: {code: "GTQ", name: "Quetzal", digits: 2},
	GYD: {code: "GYD", name: "Guyana Dollar", digits: 2},
	HKD: {code: "HKD", name: "Hong Kong Dollar", digits: 2},
	HNL: {code: "HNL", name: "Lempira", digits: 2},
	HTG: {code: "HTG", name: "Gourde", digits: 2},
	HUF: {code: "HUF", name: "Forint", digits: 2},
	IDR: {code: "IDR", name: "Rupiah", digits: 2},
	ILS: {code: "ILS", name: "New Israeli Sheqel", digits: 2},
	INR: {code: "INR", name: "Indian Rupee", digits: 2},
	IQD: {code: "IQD", name: "Iraqi Dinar", digits: 3},
	IRR: {code: "IRR", name: "Iranian Rial", digits: 2},
	ISK: {code: "ISK", name: "Iceland Krona", digits: 0},
	JMD: {code: "JMD", name: "Jamaican Dollar", digits: 2},
	JOD: {code: "JOD", name: "Jordanian Dinar", digits: 3},
	JPY: {code: "JPY", name: "Yen", digits: 0},
	KES: {code: "KES", name: "Kenyan Shilling", digits: 2},
	KGS: {code: "KGS", name: "Som", digits: 2},
	KHR: {code: "KHR", name: "Riel", digits: 2},
	KMF: {code: "KMF", name: "Comorian Franc", digits: 0},
	KPW: {code: "KPW", name: "North Korean Won", digits: 2},
	KRW: {code: "KRW", name: "Won", digits: 0},
	KWD: {code: "KWD", name: "Kuwaiti Dinar", digits: 3},
	KYD: {code: "KYD", name: "Cayman Islands Dollar", digits: 2},
	KZT: {code: "KZT", name: "Tenge", digits: 2},
	LAK: {code: "LAK", name: "Lao Kip", digits: 2},
	LBP: {code: "LBP", name: "Lebanese Pound", digits: 2},
	LKR: {code: "LKR", name: "Sri Lanka Rupee", digits: 2},
	LRD: {code: "LRD", name: "Liberian Dollar", digits: 2},
	LSL: {code: "LSL", name: "Loti", digits: 2},
	LYD: {code: "LYD", name: "Libyan Dinar", digits: 3},
	MAD: {code: "MAD", name: "Moroccan Dirham", digits: 2},
	MDL: {code: "MDL", name: "Moldovan Leu", digits: 2},
	MGA: {code: "MGA", name: "Malagasy Ariary", digits: 2},
	MKD: {code: "MKD", name: "Denar", digits: 2},
	MMK: {code: "MMK", name: "Kyat", digits: 2},
	MNT: {code: "MNT", name: "Tugrik", digits: 2},
	MOP: {code: "MOP", name: "Pataca", digits: 2},
	MRU: {code: "MRU", name: "Ouguiya", digits: 2},
	MUR: {code: "MUR", name: "Mauritius Rupee", digits: 2},
	MVR: {code: "MVR", name: "Rufiyaa", digits: 2},
	MWK: {code: "MWK", name: "Malawi Kwacha", digits: 2},
	MXN: {code: "MXN", name: "Mexican Peso", digits: 2},
	MXV: {code: "MXV", name: "Mexican Unidad de Inversion (UDI)", digits: 2},
	MYR: {code: "MYR", name: "Malaysian Ringgit", digits: 2},
	MZN: {code: "MZN", name: "Mozambique Metical", digits: 2},
	NAD: {code: "NAD", name: "Namibia Dollar", digits: 2},
	NGN: {code: "NGN", name: "Naira", digits: 2},
	NIO: {code: "NIO", name: "Cordoba Oro", digits: 2},
	NOK: {code: "NOK", name: "Norwegian Krone", digits: 2},
	NPR: {code: "NPR", name: "Nepalese Rupee", digits: 2},
	NZD: {code: "NZD", name: "New Zealand Dollar", digits: 2},
	OMR: {code: "OMR", name: "Rial Omani", digits: 3},
	PAB: {code: "PAB", name: "Balboa", digits: 2},
	PEN: {code: "PEN", name: "Sol", digits: 2},
	PGK: {code: "PGK", name: "Kina", digits: 2},
	PHP: {code: "PHP", name: "Philippine Peso", digits: 2},
	PKR: {code: "PKR", name: "Pakistan Rupee", digits: 2},
	PLN: {code: "PLN", name: "Zloty", digits: 2},
	PYG: {code: "PYG", name: "Guarani", digits: 0},
	QAR: {code: "QAR", name: "Qatari Rial", digits: 2},
	RON: {code: "RON", name: "Romanian Leu", digits: 2},
	RSD: {code: "RSD", name: "Serbian Dinar", digits: 2},
	RUB: {code: "RUB", name: "Russian Ruble", digits: 2},
	RWF: {code: "RWF", name: "Rwanda Franc", digits: 0},
	SAR: {code: "SAR", name: "Saudi Riyal", digits: 2},
	SBD: {code: "SBD", name: "Solomon Islands Dollar", digits: 2},
	SCR: {code: "SCR", name: "Seychelles Rupee", digits: 2},
	SDG: {code: "SDG", name: "Sudanese Pound", digits: 2},
	SEK: {code: "SEK", name: "Swedish Krona", digits: 2},
	SGD: {code: "SGD", name: "Singapore Dollar", digits: 2},
	SHP: {code: "SHP", name: "Saint Helena Pound", digits: 2},
	SLE: {code: "SLE", name: "Leone", digits: 2},
	SOS: {code: "SOS", name: "Somali Shilling", digits: 2},
	SRD: {code: "SRD", name: "Surinam Dollar", digits: 2},
	SSP: {code: "SSP", name: "South Sudanese Pound", digits: 2},
	STN: {code: "STN", name: "Dobra", digits: 2},
	SVC: {code: "SVC", name: "El Salvador Colon", digits: 2},
	SYP: {code: "SYP", name: "Syrian Pound", digits: 2},
	SZL: {code: "SZL", name: "Lilangeni", digits: 2},
	THB: {code: "THB", name: "Baht", digits: 2},
	TJS: {code: "TJS", name: "Somoni", digits: 2},
	TMT: {code: "TMT", name: "Turkmenistan New Manat", digits: 2},
	TND: {code: "TND", name: "Tunisian Dinar", digits: 3},
	TOP: {code: "TOP", name: "Pa’anga", digits: 2},
	TRY: {code: "TRY", name: "Turkish Lira", digits: 2},
	TTD: {code: "TTD", name: "Trinidad and Tobago Dollar", digits: 2},
	TWD: {code: "TWD", name: "New Taiwan Dollar", digits: 2},
	TZS: {code: "TZS", name: "Tanzanian Shilling", digits: 2},
	UAH: {code: "UAH", name: "Hryvnia", digits: 2},
	UGX: {code: "UGX", name: "Uganda Shilling", digits: 0},
	USD: {code: "USD", name: "US Dollar", digits: 2},
	USN: {code: "USN", name: "US Dollar (Next day)", digits: 2},
	UYI: {code: "UYI", name: "Uruguay Peso en Unidades Indexadas (UI)", digits: 0},
	UYU: {code: "UYU", name: "Peso Uruguayo", digits: 2},
	UYW: {code: "UYW", name: "Unidad Previsional", digits: 4},
	UZS: {code: "UZS", name: "Uzbekistan Sum", digits: 2},
	VED: {code: "VED", name: "Bolívar Soberano", digits: 2},
	VES: {code: "VES", name: "Bolívar Soberano", digits: 2},
	VND: {code: "VND", name: "Dong", digits: 0},
	VUV: {code: "VUV", name: "Vatu", digits: 0},
	WST: {code: "WST", name: "Tala", digits: 2},
	XAD: {code: "XAD", name: "Arab Accounting Dinar", digits: 2},
	XAF: {code: "XAF", name: "CFA Franc BEAC", digits: 0},
	XCD: {code: "XCD", name: "East Caribbean Dollar", digits: 2},
	XCG: {code: "XCG", name: "Caribbean Guilder", digits: 2},
	XOF: {code: "XOF", name: "CFA Franc BCEAO", digits: 0},
	XPF: {code: "XPF", name: "CFP Franc", digits: 0},
	YER: {code: "YER", name: "Yemeni Rial", digits: 2},
	ZAR: {code: "ZAR", name: "Rand", digits: 2},
	ZMW: {code: "ZMW", name: "Zambian Kwacha", digits: 2},
	ZWG: {code: "ZWG", name: "Zimbabwe Gold", digits: 2},
}

// currencyOrder holds every index of currencyTable that is taken, by letters.
var currencyOrder = [...]Currency{
	AED, AFN, ALL, AMD, AOA, ARS, AUD, AWG, AZN, BAM, BBD, BDT,
	BGN, BHD, BIF, BMD, BND, BOB, BOV, BRL, BSD, BTN, BWP, BYN,
	BZD, CAD, CDF, CHE, CHF, CHW, CLF, CLP, CNY, COP, COU, CRC,
	CUP, CVE, CZK, DJF, DKK, DOP, DZD, EGP, ERN, ETB, EUR, FJD,
	FKP, GBP, GEL, GHS, GIP, GMD, GNF, GTQ, GYD, HKD, HNL, HTG,
	HUF, IDR, ILS, INR, IQD, IRR, ISK, JMD, JOD, JPY, KES, KGS,
	KHR, KMF, KPW, KRW, KWD, KYD, KZT, LAK, LBP, LKR, LRD, LSL,
	LYD, MAD, MDL, MGA, MKD, MMK, MNT, MOP, MRU, MUR, MVR, MWK,
	MXN, MXV, MYR, MZN, NAD, NGN, NIO, NOK, NPR, NZD, OMR, PAB,
	PEN, PGK, PHP, PKR, PLN, PYG, QAR, RON, RSD, RUB, RWF, SAR,
	SBD, SCR, SDG, SEK, SGD, SHP, SLE, SOS, SRD, SSP, STN, SVC,
	SYP, SZL, THB, TJS, TMT, TND, TOP, TRY, TTD, TWD, TZS, UAH,
	UGX, USD, USN, UYI, UYU, UYW, UZS, VED, VES, VND, VUV, WST,
	XAD, XAF, XCD, XCG, XOF, XPF, YER, ZAR, ZMW, ZWG,
}
