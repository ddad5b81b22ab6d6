package main

func Example() {
	main()
	// Output:
	// Total             19.00 GBP
	//   Blue mug        19.00 GBP
	//     2 x 9.50 GBP  19.00 GBP
	//
	// Today a mug costs 12.00 GBP. Order 1001: 19.00 GBP, verified: true
}
