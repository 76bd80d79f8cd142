package searchindex

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seutu/seutu/internal/finnish"
)

// The bounds of corrections.
const (
	minLetters = 4 // of a word: in shorter ones a slip cannot be told from another word
	maxTerms   = 3 // for one word
)

func unaccented(s string) string { return finnish.Unaccented(s) }

// addTerms adds the words of a row's names, if everyone may see them, and nobody is named there.
func (x *Index) addTerms(terms map[string]bool, r row) {
	if !r.public || !r.source.Terms {
		return
	}
	r.each(func(t Text, _, text string) {
		if t.isName() {
			for _, w := range x.analyser.Terms(text) {
				terms[w] = true
			}
		}
	})
}

// correct gives a query in which each word that may have been mistyped may also be one that is most like it. Only words
// count that stand in a name that everyone may see. A word that a dictionary has is mistyped only if all may be: of its
// compounds not each is one that anybody uses.
func (x *Index) correct(ctx context.Context, q *Query, all bool) (*Query, error) {
	words := mistakable(q.terms, all)
	if len(words) == 0 {
		return q, nil
	}
	like, err := x.alternatives(ctx, words)
	if err != nil || len(like) == 0 {
		return q, err
	}
	out := *q
	var clauses []string
	for _, t := range q.terms {
		clause := []string{x.analyser.Query(t.Text, t.Prefix).Literal()}
		for _, w := range like[t.Text] {
			other := x.analyser.Query(w, false)
			clause = append(clause, other.Literal())
			out.read = append(slices.Clip(out.read), other)
		}
		if len(clause) > 1 {
			out.Corrections = append(out.Corrections, Correction{t.Text, like[t.Text]})
		}
		clauses = append(clauses, "("+strings.Join(clause, "|")+")")
	}
	out.typed = found{query: strings.Join(clauses, "&")}
	return &out, nil
}

// mistakable are the words that no dictionary knows, or all, that are long enough.
func mistakable(terms []finnish.Term, all bool) (words []string) {
	for _, t := range terms {
		if (all || !t.Known) && utf8.RuneCountInString(t.Text) >= minLetters && !strings.ContainsFunc(t.Text, unicode.IsDigit) {
			words = append(words, t.Text)
		}
	}
	return words
}

// alternatives finds, for each word, the terms that it may have meant, the most likely first.
func (x *Index) alternatives(ctx context.Context, words []string) (map[string][]string, error) {
	plain, swapped := make([]string, len(words)), make([][]string, len(words))
	for i, w := range words {
		plain[i] = unaccented(w)
		swapped[i] = swaps(plain[i])
	}
	similar, err := x.repo.similar(ctx, words, plain, swapped)
	if err != nil {
		return nil, err
	}
	var all, literals []string
	nearest := map[string][]string{}
	for i, w := range words {
		for _, t := range near(plain[i], similar[plain[i]]) {
			nearest[w] = append(nearest[w], t)
			all, literals = append(all, t), append(literals, x.analyser.Query(t, false).Literal())
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	standing, err := x.repo.inNames(ctx, literals)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, w := range words {
		for _, t := range nearest[w] {
			if standing[slices.Index(all, t)] && len(out[w]) < maxTerms {
				out[w] = append(out[w], t)
			}
		}
	}
	return out, nil
}

// near keeps the terms that are fewest letters away from a word.
func near(plain string, terms []string) (nearest []string) {
	least := 1 + utf8.RuneCountInString(plain)/6
	for _, t := range terms {
		switch d := distance(plain, unaccented(t)); {
		case d < least:
			nearest, least = []string{t}, d
		case d == least:
			nearest = append(nearest, t)
		}
	}
	slices.Sort(nearest)
	return nearest[:min(len(nearest), 2*maxTerms)]
}

// swaps are the spellings of a word with two neighbouring letters in the other order.
func swaps(word string) []string {
	letters := []rune(word)
	out := []string{word}
	for i := range len(letters) - 1 {
		if letters[i] != letters[i+1] {
			s := slices.Clone(letters)
			s[i], s[i+1] = s[i+1], s[i]
			out = append(out, string(s))
		}
	}
	return out
}

// distance is how many letters have to be put in, left out, changed or swapped with their neighbour to turn a word into another.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			change := 1
			if s[i-1] == t[j-1] {
				change = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(s)][len(t)]
}
