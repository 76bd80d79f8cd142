// Package searchindex keeps what search finds, and asks it.
//
//	index := searchindex.New(db, dictionary, places) // before the first write
//	index.Register(organisation.SearchSource, network.SearchSource, …)
//
//	l.Words = index.Query(q) // a list of any family: ranked, or a filter where it is sorted
//
// # Writing
//
// Each row that has names has one document in the table search_documents: two vectors of the keys that package finnish gives
// to its words, one of its names and one of all its texts. Documents stand beside the tables, not in them: a new phone number
// does not write vectors anew, and one index serves the lists of all families and the search over them.
//
// A family registers a Source: its table, the texts that are found, and the members on which they hang. Just before a write
// commits, the index sees what it changed (store.DB.BeforeCommit). It reads the texts of those rows in one query, makes
// their documents, and has them written in the round trip of the commit. So no writer can forget it, a request that was
// answered is found at once, and one that failed leaves no trace. Drafts have documents too, which are not public: officers
// find them through the list.
//
// # Finding
//
// The words of a query have to occur, all of them: in any form, as parts of compounds, the last one also as a beginning.
// Only candidates are ranked, a thousand of each way to find them, because to rank every hit of a common word takes its
// vector out of the table. When more than that have the words, names that have them are looked for too, and names that begin
// with the query. The order is: the name itself, names that begin with the query, names with its words as they are, names
// that begin with it while it goes on within a word, names with words that begin like the last one, texts; within each by
// ts_rank, shorter names first.
//
// What is common is told by PostgreSQL's statistics of the documents, which the program learns now and then (Learn). Of a
// word that many documents have enough are sooner found by looking at one document after the other than by the index, which
// lists all of them before the first can be taken: so its price does not grow with the table. Where many words begin like the
// last one, names with the words as they are come first, and what is only like them is looked for when they do not fill the
// page. Where nothing is known, each search goes by the index. The results are the same where no more than a thousand rows
// have the words; else other candidates may be chosen.
//
// A name as a whole is one more key of the names, after the mark "=", so that the same index finds names that are, or begin
// with, what was typed.
//
// The name of a row's municipality is among its texts, with the least weight: "martat hattula" finds the Martat of Parola.
//
// # Labels
//
// Type, place and whether everyone may see it are keys of each document too, after the mark "#". A list that asks no more than
// that of its rows is found without reading them: words and labels are one tsquery, but for labels that most documents have,
// which are seen on the documents. All of it is hidden from PostgreSQL's planner, which would else plan each search anew, at
// more than the cost of running it.
//
// # Slips of the pen
//
// The table search_terms has the words of public names. When a query finds fewer than five rows, its words that are not in
// there and that no dictionary knows are joined by the terms that are fewest letters away, among those that are alike by
// trigrams. When it finds none, that goes for words that a dictionary knows too: it takes any compound for a word
// (palokuntta). What was typed still ranks first.
//
// # Versions
//
// Keys of different analysers do not meet reliably: with every document stands which one made it. Rows whose document is of
// another, or missing, or stands elsewhere than its row, are made anew when the program starts, and by `seutu search reindex`.
package searchindex
