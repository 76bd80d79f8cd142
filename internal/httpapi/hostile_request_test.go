package httpapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// request makes a request: about half of them as the contract wants it, the rest broken in one place or in many.
func (x *attack) request(o *target, who *hostile) (*http.Request, []byte, map[string]string) {
	for {
		evil := pick(x.gen, 0, 0, 0, 10, 40) // percent
		x.tame = evil == 0 && x.chance(70)
		path, params := x.fillPath(o, evil)
		if q := x.query(o, evil); q != "" {
			path += "?" + q
		}
		if have := x.pages[o.id]; len(have) > 0 && x.chance(25) {
			path = x.further(have[x.IntN(len(have))])
		}
		if _, err := url.ParseRequestURI(path); err != nil || strings.ContainsAny(path, " \r\n") {
			continue // net/http itself refuses it
		}
		var sent any
		body, mt := x.body(o, evil)
		if o.op.RequestBody != nil || x.chance(evil/4) {
			sent = body
		}
		r := who.client.Request(o.method, path, sent)
		if mt != "" {
			r.Header.Set("Content-Type", mt)
		}
		x.headers(r, evil)
		return r, body, params
	}
}

func (x *attack) fillPath(o *target, evil int) (string, map[string]string) {
	params, out := map[string]string{}, o.path
	for _, p := range append(slices.Clone(o.item.Parameters), o.op.Parameters...) {
		if p.Value.In != "path" {
			continue
		}
		name := p.Value.Name
		v := fmt.Sprint(x.value(name, p.Value.Schema.Value))
		switch {
		case name == "id":
			collection := strings.Split(o.path, "/")[2]
			if kind, ok := map[string]string{"users": "user", "grants": "grant", "service-accounts": "service-account"}[collection]; ok {
				collection = kind
			}
			v = x.id(collection)
			if strings.HasPrefix(o.path, "/v1/organisations") {
				v = x.id("organisation")
			}
		case name == "partId":
			v = x.id("part" + parent.FindString(out))
		case name == "externalId" && x.chance(50):
			v = pick(x.gen, "published109", "draft109", "published398", "A-1", "A-2")
		}
		if x.chance(evil) {
			v = pick(x.gen, "", "..", "%", "%25", "a/b", "\x00", "\xff", "a;b", "a?b#c", "%00", "by-external-id", strings.ToUpper(v), "{"+v+"}", "urn:uuid:"+v, v+" ", strings.Repeat("9", 300), "🙂", "+", "\u202e")
		}
		params[name] = v
		escaped := url.PathEscape(v)
		if x.chance(evil) {
			escaped = strings.NewReplacer("a", "%61", "-", "%2D", ".", "%2e").Replace(escaped)
		}
		out = strings.Replace(out, "{"+name+"}", escaped, 1)
	}
	return out, params
}

func (x *attack) query(o *target, evil int) string {
	var parts []string
	add := func(name, v string) {
		if x.chance(evil / 3) {
			parts = append(parts, name+"="+v) // as it is
		} else {
			parts = append(parts, url.QueryEscape(name)+"="+url.QueryEscape(v))
		}
	}
	for _, p := range append(slices.Clone(o.item.Parameters), o.op.Parameters...) {
		if p.Value.In != "query" || !x.chance(12) {
			continue
		}
		s, name := p.Value.Schema.Value, p.Value.Name
		values := []string{}
		if s.Type.Is("array") {
			for range pick(x.gen, 1, 1, 2, 3) {
				values = append(values, strings.Trim(text(x.value(name, s.Items.Value)), `"`))
			}
			if p.Value.Explode != nil && !*p.Value.Explode {
				values = []string{strings.Join(values, ",")}
			}
		} else if name == "cursor" {
			values = append(values, pick(x.gen, "abc", "AAAAAAAA", base64.RawURLEncoding.EncodeToString([]byte("123456{}"))))
		} else if name == "limit" && x.tame {
			values = append(values, pick(x.gen, "1", "2", "200"))
		} else if v, ok := x.value(name, s).(string); ok {
			values = append(values, v)
		} else {
			values = append(values, strings.Trim(text(x.value(name, s)), `"`))
		}
		if x.chance(evil) {
			values = []string{pick(x.gen, "", ",", "-1", "0", "1e9", "99999999999999999999", "null", "\x00", "\xff", "'", "%", "true", "a,b", strings.Repeat("a ", 100), "NaN", "0001-01-01", "\u2028")}
		}
		for _, v := range values {
			add(name, v)
		}
		if x.chance(evil / 2) {
			add(name, values[0])
		}
	}
	if x.chance(evil / 2) {
		parts = append(parts, pick(x.gen, "nope=1", "=", "&&", "a;b", "%zz=1", "limit", "q[]=1", "Q=x", "__proto__[x]=1"))
	}
	return strings.Join(parts, "&")
}

// further is the next page of a list, often with a cursor made from the right one: its checksum is no secret.
func (x *attack) further(next string) string {
	u, err := url.Parse(next)
	if err != nil {
		return next
	}
	q := u.Query()
	raw, err := base64.RawURLEncoding.DecodeString(q.Get("cursor"))
	if err != nil || len(raw) < 6 || x.chance(30) {
		return next
	}
	at := strings.Index(string(raw[6:]), `,"`)
	forged := string(raw[6:])[:max(at, 0)] + pick(x.gen, `,"k":["x","y"]}`, `,"k":[]}`, `,"k":["\u0000"]}`, `,"o":-1}`, `,"o":9223372036854775807}`, `,"k":[1]}`, `,"k":["infinity","infinity","00000000-0000-0000-0000-000000000000"]}`, `}`,
		`,"k":["99999-12-31",null]}`, `,"k":[`+strings.Repeat(`"a",`, 200)+`"b"]}`)
	sum := sha256.Sum256([]byte(forged))
	q.Set("cursor", base64.RawURLEncoding.EncodeToString(append(sum[:6:6], forged...)))
	return u.Path + "?" + q.Encode()
}

func (x *attack) body(o *target, evil int) ([]byte, string) {
	if o.op.RequestBody == nil {
		return []byte(pick(x.gen, "{}", "x", "")), ""
	}
	content := o.op.RequestBody.Value.Content
	mt := pick(x.gen, slices.Sorted(maps.Keys(content))...)
	row := content[mt].Schema.Value
	make1 := func() any {
		v := x.value("", row)
		if x.chance(evil) {
			v = x.spoil(v)
		}
		return v
	}
	var raw string
	switch {
	case mt == "application/x-www-form-urlencoded":
		form := url.Values{}
		if v, ok := make1().(object); ok {
			for _, m := range v {
				form.Add(m.name, strings.Trim(text(m.value), `"`))
			}
		}
		raw = form.Encode()
	case o.id == "syncOrganisations":
		row = content["application/x-ndjson"].Schema.Value
		rows, sep := []string{}, map[bool]string{true: ",", false: "\n"}[mt == "application/json"]
		for range x.IntN(5) {
			rows = append(rows, text(make1()))
		}
		if raw = strings.Join(rows, sep); sep == "," {
			raw = "[" + raw + "]"
		}
	default:
		raw = text(make1())
	}
	if x.chance(evil / 3) {
		raw = x.garble(raw)
	}
	if x.chance(evil / 3) {
		mt = pick(x.gen, "", "text/plain", mt+"; charset=utf-8", mt+";charset=latin1", strings.ToUpper(mt), "application/json, "+mt, mt+";;", "*/*", mt+"; charset=utf-8; charset=x", "application/problem+json")
	}
	return []byte(raw), mt
}

func (x *attack) headers(r *http.Request, evil int) {
	if x.chance(80) && (r.Method != http.MethodPut || x.chance(30)) {
		etag := x.etags[parent.FindString(r.URL.Path)]
		r.Header.Set("If-Match", pick(x.gen, etag, etag, etag, etag, "*", `"1"`, `"1-x"`, `W/"1"`, ""))
	}
	if x.chance(15) {
		r.Header.Set("Idempotency-Key", "k"+strconv.Itoa(x.IntN(200)))
	}
	if x.chance(15) {
		r.Header.Set("Accept", pick(x.gen, "application/geo+json", "*/*", "application/json", "application/*;q=0.5, text/html"))
	}
	if x.chance(10) {
		r.Header.Set("If-None-Match", pick(x.gen, x.etags[r.URL.Path], "*", `W/"1", "2"`))
	}
	if x.chance(10) {
		r.Header.Set("Accept-Encoding", pick(x.gen, "gzip", "gzip;q=0", "br, gzip"))
	}
	if !x.chance(evil) {
		return
	}
	junk := []string{"", " ", `"`, `""`, "\xff\xfe", "é", `"99999999999999999999"`, `"-1"`, `"1`, ",,,,", strings.Repeat(`"1",`, 250), strings.Repeat("k", 201), strings.Repeat("k", 1001), "'; drop table users; --", "*, *", "a\tb", "Bearer", "q=;;=", "fi;q=nan, *;q=2", "x-klingon, " + strings.Repeat("en-", 60), "text/html", "application/json;q=0"}
	name := pick(x.gen, "If-Match", "If-None-Match", "Idempotency-Key", "Accept", "Accept-Language", "Content-Type", "X-Request-Id", "Origin", "X-Forwarded-For", "Content-Encoding", "Accept-Encoding", "Authorization", "Prefer")
	r.Header[http.CanonicalHeaderKey(name)] = []string{pick(x.gen, junk...)}
	if x.chance(10) {
		r.Header.Add(name, pick(x.gen, junk...))
	}
}
