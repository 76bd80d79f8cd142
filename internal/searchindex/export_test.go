package searchindex

// Pretend makes the index take its documents for that many.
func (x *Index) Pretend(documents float64) {
	s := *x.shares.Load()
	s.documents = documents
	x.shares.Store(&s)
}

// Scans tells whether names with the words of q are found without the index.
func (x *Index) Scans(q string) bool {
	query := x.Query(q)
	return query.shares.quickly(query.complete.names)
}
