package storetest

import (
	"runtime"
	"sync"
)

// Engine is what a store stands on, as the rules of trouble make it fail: a driver of
// database/sql, a file, a connection. [Harness].Failing puts a wrapper around it, which makes
// each call of the engine through Do.
//
//	func (f file) WriteAt(b []byte, at int64) (n int, err error) {
//		err = f.engine.Do(func() error { n, err = f.File.WriteAt(b, at); return err })
//		return n, err
//	}
//
// Where there is a choice, a call is what can fail by itself: a statement, a row of its answer,
// the COMMIT, a connection that is taken.
type Engine struct {
	mu      sync.Mutex
	failure Failure
	left    int  // calls until it fails; 0: it obeys
	met     bool // it has failed
	crowded bool // others go first

	meanwhile func() // comes before the call that fails, or before the third that does
}

// Failure is one way in which an engine fails.
type Failure struct {
	Name    string // in words: "is refused"
	Err     error  // what the call gives; nil is ErrInjected
	Done    bool   // the call is made and its answer lost; else it is not made
	Lasting bool   // the calls after it are not made, and give Err, until the engine obeys again
}

// failures are those of a harness that names none.
var failures = []Failure{
	{Name: "is refused"},
	{Name: "is done and its answer lost", Done: true},
	{Name: "is refused with all after it", Lasting: true},
	{Name: "is done, its answer lost and all after it refused", Done: true, Lasting: true},
}

// Do makes a call, or does what the engine does when it fails. The error of the call itself
// comes through.
func (e *Engine) Do(call func() error) error {
	fails, f, meanwhile := e.next()
	if meanwhile != nil {
		meanwhile()
	}
	if fails && !f.Done {
		return f.Err
	}
	if err := call(); err != nil || !fails {
		return err
	}
	return f.Err
}

// next counts a call, and says whether it fails, and how, and what comes before it.
func (e *Engine) next() (fails bool, f Failure, meanwhile func()) {
	e.giveWay()
	e.mu.Lock()
	defer e.mu.Unlock()
	f = e.failure
	if e.left == 0 && !(e.met && f.Lasting) {
		return false, f, nil
	}
	if e.met {
		f.Done = false
	}
	e.left--
	e.met = e.left <= 0
	if e.left == 0 && !f.Lasting || e.left == -2 {
		meanwhile = e.meanwhile
	}
	return e.met, f, meanwhile
}

// giveWay lets others come to where they wait, if there is a crowd.
func (e *Engine) giveWay() {
	e.mu.Lock()
	crowded := e.crowded
	e.mu.Unlock()
	for i := 0; crowded && i < 50; i++ {
		runtime.Gosched()
	}
}

// fail makes the engine fail in its n-th call from now.
func (e *Engine) fail(n int, f Failure) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failure, e.left, e.met = f, n, false
}

// obey ends the trouble, and reports whether there was any.
func (e *Engine) obey() (met bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	met = e.met
	e.left, e.met, e.meanwhile = 0, false, nil
	return met
}

// interrupt has something happen before the call that fails, or before the third where all do
// from then on. It is said before fail.
func (e *Engine) interrupt(do func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.meanwhile = do
}

// crowd makes all calls slow, so that others come meanwhile, or no longer.
func (e *Engine) crowd(on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.crowded = on
}
