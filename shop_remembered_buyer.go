package till

import "slices"

// What a Shop remembers of buyers: their sessions and carts.

// session remembers a session.
func (m *remembered) session(is *known[session]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keepLast(&m.sessions, is.at.Key, is, aroundAClaim, mostOfBuyers)
}

// cart remembers a cart.
func (m *remembered) cart(is *known[Cart]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keepCart(is)
}

func (m *remembered) keepCart(is *known[Cart]) {
	if is.value.wordless() {
		keepLast(&m.carts, is.at.Key, is, aroundAClaim+aroundALine*len(is.value.lines), mostOfBuyers)
	} else {
		m.carts.forget(is.at.Key)
	}
}

// keepPurchaser remembers what the rules ask of an account.
func (m *remembered) keepPurchaser(is *known[Purchaser]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keepLast(&m.purchasers, is.at.Key, is, aroundAClaim, mostOfBuyers)
}

// purchaser gives what the rules ask of an account, by the key of its record; nil is not
// known.
func (m *remembered) purchaser(account string) *known[Purchaser] {
	m.mu.Lock()
	defer m.mu.Unlock()
	is, _ := m.purchasers.find(account, mostOfBuyers)
	return is
}

// wordless reports whether nobody has written anything of his own into a cart.
func (c Cart) wordless() bool {
	return len(c.data) == 0 && c.to == (Address{}) && len(c.codes) == 0 && !slices.ContainsFunc(c.lines, func(l CartLine) bool { return l.Note != "" || len(l.Metadata) > 0 || l.Agreed != nil })
}

// buyer gives what is remembered of a session and a cart, by the keys of their records;
// nil is not known.
func (m *remembered) buyer(token, cart string) (*known[session], *known[Cart]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, _ := m.sessions.find(token, mostOfBuyers)
	c, _ := m.carts.find(cart, mostOfBuyers)
	return s, c
}
