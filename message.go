package till

// MessageKind says what a [Message] is about.
type MessageKind string

// ConfirmationMessage: a buyer is to be sent the confirmation of an order.
const ConfirmationMessage MessageKind = "confirmation"

// Message is something that the shop has to tell somebody: it was queued in the
// commit that gave the reason for it. It holds references alone; what it says is
// made when it is read.
type Message struct {
	Kind    MessageKind `json:"kind"`
	Order   OrderID     `json:"order"`
	Contact ContactRef  `json:"contact"`
	Queued  Instant     `json:"queued"`
	Due     Instant     `json:"due"`
}
