package httpapi_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
)

// member, object, token and bytes make up JSON that encoding/json would not write: doubled members, odd numbers, broken text.
type (
	member struct {
		name  string
		value any
	}
	object []member
	token  string // goes out as it is
)

func encode(b *strings.Builder, v any) {
	switch v := v.(type) {
	case object:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			encode(b, m.name)
			b.WriteByte(':')
			encode(b, m.value)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			encode(b, e)
		}
		b.WriteByte(']')
	case token:
		b.WriteString(string(v))
	default:
		j, _ := json.Marshal(v)
		b.Write(j)
	}
}

func text(v any) string {
	var b strings.Builder
	encode(&b, v)
	return b.String()
}

// gen makes values from schemas. Everything comes from one seeded source: the same seed gives the same requests.
type gen struct {
	*rand.Rand
	ids  map[string][]string // what was created, by kind
	tame bool                // values as people would send them
}

func pick[T any](g *gen, from ...T) T { return from[g.IntN(len(from))] }

func (g *gen) chance(percent int) bool { return g.IntN(100) < percent }

var (
	weird = []string{
		"ry", "Seura", " ", "\t", "a", "Å", "ä", "e\u0301", "\u0301\u0302\u0303", "\u202eabc\u202c", "👩‍👩‍👧", "\U0001F1EB\U0001F1EE", "\u2028", "\u2029", "\ufeff", "\u200b", "\u00a0", "\u3000",
		"\u0085", "\uffff", "\U0010FFFF", "İ", "ı", "ß", "ﬁ", "Ⱥ", "\u212a", "ſ", "שּׁ", "%", "_", "\\", "'", "''", "\"", ";--", "$1", "$$", "{}", "%s%n", "<b>", "&", "\r\n", "\x1b[31m", "\x01", "\x7f", "NULL", "../", "://", "@", "0",
	}
	wrong = []any{
		nil, true, token("0"), token("-1"), token("1e400"), token("-0"), token("1e308"), token("1.0"), token("1e2"), token("99999999999999999999"), token("0.5"), token("1E-400"), "", " ", "x", "\u0000", token(`"\ud800"`), token(`"\udc00\ud800"`),
		token("\"\xff\""), token("NaN"), token("01"), token("'x'"), []any{}, []any{nil}, object{}, object{{"x", nil}}, object{{"", ""}}, token(strings.Repeat("[", 40) + strings.Repeat("]", 40)), token(strings.Repeat(`{"fi":`, 33) + "1" + strings.Repeat("}", 33)),
		"2024-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "infinity", "0000-00-00", strings.Repeat("ä", 400), strings.Repeat("x", 21000),
	}
	dates = []string{"0001-01-01", "9999-12-31", "9999-01-01", "9999-12-01", "1956-01-01", "1956-03-01", "2024-02-29", "2000-06-15", "1582-10-10", "0099-12-31"}
	times = []string{"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2024-02-29T12:00:00+02:00", "2020-01-01T00:00:00Z", "1970-01-01T00:00:00-12:00", "2026-01-01T00:00:00.123456789Z"}
)

// hints make many requests succeed: what no schema can tell.
func (g *gen) hint(name string) (any, bool) {
	switch name {
	case "municipality":
		return pick(g, "109", "165", "398", "433", "092"), true
	case "region":
		return pick(g, "05", "07", "01"), true
	case "field":
		return pick(g, "culture-arts", "sports"), true
	case "registerNumber":
		return strconv.Itoa(1 + g.IntN(9_999_999)), true
	case "businessId":
		return businessID(g), true
	case "email", "username":
		return fmt.Sprintf("h%d@example.org", g.IntN(1_000_000)), true
	case "phone":
		return fmt.Sprintf("050 55%05d", g.IntN(100_000)), true
	case "website", "logo":
		return pick(g, "example.org", "https://example.org/ä?q=1#x", "http://EXAMPLE.org:8080/%00"), true
	case "organisationId", "userId", "serviceAccountId":
		return g.id(strings.TrimSuffix(name, "Id")), true
	case "founderId", "organisation", "nominatingOrganisationId":
		return g.id("organisation"), true
	case "networkId", "network", "nominatingNetworkId":
		return g.id("networks"), true
	case "councilId", "council", "nominatingCouncilId", "predecessorId":
		return g.id("councils"), true
	case "parentId", "parent", "under":
		return g.id(pick(g, "networks", "councils")), true
	case "personId", "person":
		return g.id("people"), true
	case "seatId", "deputyFor", "standsInFor", "succeeds":
		return g.id("seats"), true
	case "meetingId", "replacedByMeetingId":
		return g.id("meetings"), true
	case "country":
		return pick(g, "FI", "FI", "FI", "SE", "AX", "ZZ"), true
	case "language":
		return pick(g, "fi", "sv", "en", "smn"), true
	case "founded", "dissolved", "date":
		return pick[any](g, object{{"precision", "unknown"}}, object{{"from", pick(g, dates...)}, {"precision", "day"}}, object{{"from", "1956-01-01"}, {"precision", "year"}}, object{{"precision", "unknown_year"}, {"monthDay", "05-13"}}), true
	case "from":
		return "1956-01-01", true
	case "fromVersion":
		return pick(g, 1, 1, 1, 2), true
	case "mergedOn":
		return pick(g, "1999-01-01", "0001-01-01", "9999-12-31"), true
	case "to":
		return pick(g, "1999-01-01", "9999-12-31"), true
	case "newPassword", "password":
		return "a long password " + strconv.Itoa(g.IntN(1000)), true
	case "system":
		return pick(g, "crm", "own", "other"), true
	case "scope":
		return pick(g, "05", "07", "109", "398", g.id("organisation"), uuid.NewString()), true
	case "near":
		return pick(g, "60.99,24.46", "90,180", "-90.0,-180", "0,0", "89.9,179.99", "99,999"), true
	case "bbox":
		return pick(g, "24,60,25,62", "-180,-90,180,90", "25,60,24,61", "0,0,0,0"), true
	case "permissions":
		return []any{pick(g, "organisation.write", "organisation.sync", "nothing", "audit.read")}, true
	}
	return nil, false
}

func isObject(v any) bool { _, ok := v.(object); return ok }

func businessID(g *gen) string {
	for {
		n := fmt.Sprintf("%07d", g.IntN(9_999_999)+1)
		sum := 0
		for i, w := range []int{7, 9, 10, 5, 8, 4, 2} {
			sum += w * int(n[i]-'0')
		}
		if check := sum % 11; check != 1 {
			return n + "-" + strconv.Itoa((11-check)%11)
		}
	}
}

func (g *gen) id(kind string) string {
	if have := g.ids[kind]; len(have) > 0 && !g.chance(10) {
		return have[g.IntN(len(have))]
	}
	return uuid.NewSHA1(uuid.Nil, strconv.AppendInt(nil, g.Int64(), 10)).String()
}

// value makes a value that the schema allows, or nearly so: boundaries are what breaks.
func (g *gen) value(name string, s *openapi3.Schema) any {
	if s.Nullable && g.chance(15) {
		return nil
	}
	if name == "from" && s.Format == "uuid" { // of a merge
		return g.id("organisation")
	}
	if v, ok := g.hint(name); ok && len(s.Enum) == 0 && (g.tame || g.chance(60)) && (!s.Type.Is("array") || name == "permissions") && s.Type.Is("object") == isObject(v) && s.Format != "date-time" {
		return v
	}
	switch {
	case len(s.Enum) > 0:
		return pick(g, s.Enum...)
	case s.Type.Is("boolean"):
		return g.chance(50)
	case s.Type.Is("integer"), s.Type.Is("number"):
		return g.number(s)
	case s.Type.Is("string"):
		return g.string(s)
	case s.Type.Is("array"):
		out := []any{}
		n := pick(g, 0, 1, 1, 2, 3)
		if s.MaxItems != nil && g.chance(1) {
			n = int(min(*s.MaxItems, 400))
		}
		for range max(n, int(s.MinItems)) {
			out = append(out, g.value(strings.TrimSuffix(name, "s"), s.Items.Value))
		}
		return out
	}
	out := object{}
	names := make([]string, 0, len(s.Properties))
	for n := range s.Properties {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		if slices.Contains(s.Required, n) || g.chance(max(12, 300/(len(names)+1))) {
			out = append(out, member{n, g.value(n, s.Properties[n].Value)})
		}
	}
	if len(out) == 0 && len(names) > 0 && s.MinProps > 0 {
		n := pick(g, names...)
		out = append(out, member{n, g.value(n, s.Properties[n].Value)})
	}
	return out
}

func (g *gen) number(s *openapi3.Schema) any {
	low, high := -1e6, 1e6
	if s.Min != nil {
		low = *s.Min
	}
	if s.Max != nil {
		high = *s.Max
	}
	v := pick(g, low, high, low+(high-low)*g.Float64(), low, math.Max(low, 0))
	if s.Type.Is("integer") {
		v = math.Round(v)
		return token(strconv.FormatFloat(v, 'f', -1, 64) + pick(g, "", "", "", "", "", "", "", "", "", ".0", "e0"))
	}
	return pick[any](g, v, v, v, token("-0"), token("1e-320"), token("0e5"))
}

func (g *gen) string(s *openapi3.Schema) any {
	switch s.Format {
	case "date":
		return pick(g, dates...)
	case "date-time":
		return pick(g, times...)
	case "uuid":
		return g.id("organisation")
	}
	if s.Pattern != "" {
		if re, err := syntax.Parse(s.Pattern, syntax.Perl); err == nil && s.Pattern != `\S` {
			return g.match(re)
		}
	}
	n := int(s.MinLength) + g.IntN(12)
	limit := 60
	if s.MaxLength != nil {
		limit = int(*s.MaxLength)
		if g.chance(5) {
			n = limit + pick(g, 0, 0, 1, -1)
		}
	}
	var b strings.Builder
	for count := 0; count < n; {
		w := pick(g, weird...)
		if g.tame || g.chance(60) {
			w = string(rune('a' + g.IntN(26)))
		}
		b.WriteString(w)
		count += len([]rune(w))
	}
	r := []rune(b.String())
	if len(r) > limit && !g.chance(5) {
		r = r[:limit]
	}
	return string(r)
}

// match makes a string that a pattern matches.
func (g *gen) match(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		i := g.IntN(len(re.Rune)/2) * 2
		return string(re.Rune[i] + g.Int32N(min(re.Rune[i+1]-re.Rune[i], 100)+1))
	case syntax.OpCapture:
		return g.match(re.Sub[0])
	case syntax.OpAlternate:
		return g.match(pick(g, re.Sub...))
	case syntax.OpConcat:
		out := ""
		for _, sub := range re.Sub {
			out += g.match(sub)
		}
		return out
	case syntax.OpRepeat, syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		low, high := map[syntax.Op][2]int{syntax.OpRepeat: {re.Min, re.Max}, syntax.OpStar: {0, 9}, syntax.OpPlus: {1, 9}, syntax.OpQuest: {0, 1}}[re.Op][0], 9
		switch re.Op {
		case syntax.OpRepeat:
			high = re.Max
		case syntax.OpQuest:
			high = 1
		}
		out := ""
		for range low + g.IntN(max(high-low, 0)+1) {
			out += g.match(re.Sub[0])
		}
		return out
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	}
	return ""
}

// spoil breaks a value somewhere inside.
func (g *gen) spoil(v any) any {
	switch x := v.(type) {
	case object:
		if len(x) > 0 && g.chance(70) {
			i := g.IntN(len(x))
			x = slices.Clone(x)
			switch g.IntN(6) {
			case 0:
				return append(x, x[i]) // doubled
			case 1:
				return append(x, member{pick(g, strings.ToUpper(x[i].name), strings.Replace(x[i].name, "k", "\u212a", 1), x[i].name+"\u0000", x[i].name+" "), x[i].value})
			case 2:
				return slices.Delete(x, i, i+1)
			default:
				x[i].value = g.spoil(x[i].value)
				return x
			}
		}
		return append(slices.Clone(x), member{pick(g, "id", "version", "status", "nope", "", "__proto__", "a/b~c", "ſtatus", "name"), pick(g, wrong...)})
	case []any:
		if len(x) > 0 && g.chance(70) {
			x = slices.Clone(x)
			i := g.IntN(len(x))
			if g.chance(30) {
				return append(x, x[i])
			}
			x[i] = g.spoil(x[i])
			return x
		}
		return append(slices.Clone(x), pick(g, wrong...))
	}
	return pick(g, wrong...)
}

// garble breaks the bytes.
func (g *gen) garble(s string) string {
	if s == "" {
		return pick(g, "{", "\xff", "null", "\xef\xbb\xbf{}")
	}
	i := g.IntN(len(s))
	switch g.IntN(6) {
	case 0:
		return s[:i]
	case 1:
		return s + pick(g, " {}", "]", "\x00", "//", ",")
	case 2:
		return s[:i] + pick(g, "\xff", "\x00", "\xed\xa0\x80", "\xc0\xaf", "\\u0000", "\"") + s[i:]
	case 3:
		return "\xef\xbb\xbf" + s
	case 4:
		return s[:i] + string(rune(g.IntN(128))) + s[i+1:]
	}
	return strings.ToUpper(s)
}
