package seutu

type Text map[string]string
type TextPatch map[string]*string
type Date struct{ Y int }
type Words []string
type Fault struct{}
type Problem struct{}
