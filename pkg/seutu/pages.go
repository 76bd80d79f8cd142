package seutu

import (
	"context"
	"errors"
	"iter"
	"strings"
)

// pageOf is a pointer to a page of rows.
type pageOf[T, P any] interface {
	answerOf[P]
	page() (rows []T, next string)
}

var errNext = errors.New("seutu: the next page is the same again")

// pages goes through the rows of a list, page by page.
func pages[T, P any, Q pageOf[T, P]](ctx context.Context, c *Client, r call, options []CallOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for r := r; ; {
			page, err := fetch[P, Q](ctx, c, r, options)
			if err != nil {
				yield(nil, err)
				return
			}
			rows, next := Q(page).page()
			for i := range rows {
				if !yield(&rows[i], nil) {
					return
				}
			}
			if next == "" {
				return
			}
			_, cursor, _ := strings.Cut(next, "?") // the path is known: next leads to no other host
			if cursor == "" || cursor == r.cursor {
				yield(nil, errNext)
				return
			}
			r.cursor = cursor
		}
	}
}
