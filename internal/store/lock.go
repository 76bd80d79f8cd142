package store

// The advisory locks of a database, each for one kind of work that must not run twice at once. No two may have the same number;
// the function seutu_raise_epoch takes 5074610.
const (
	lockReplay      = 5074611 // hashed with an Idempotency-Key
	LockSigningKeys = 5074612
	LockSync        = 5074613
	LockGrants      = 5074614
	lockRole        = 5074615
	LockTree        = 5074620 // as the trigger seutu_tree takes it
	LockReindex     = 5074630
	LockDuplicates  = 5074631
)
