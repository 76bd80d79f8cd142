package importfile

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// textOf is the text of a scalar; numbers are written without a fraction where they have none (92.0 is 92).
func textOf(v any) (string, error) {
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return x, nil
	case bool:
		return strconv.FormatBool(x), nil
	case json.Number:
		s := x.String()
		if strings.ContainsAny(s, ".eE") {
			if f, err := x.Float64(); err == nil && f == math.Trunc(f) && math.Abs(f) < 1e15 {
				return strconv.FormatInt(int64(f), 10), nil
			}
		}
		return s, nil
	}
	return "", faultf(CodeInvalidType, "an object or array stands where a single value is expected")
}

func lineOf(v any) (string, error) {
	text, err := textOf(v)
	return cleanLine(text), err
}

// result makes nil, the absent member, of an empty text.
func result(text string, err error) (any, error) {
	if err != nil || text == "" {
		return nil, err
	}
	return text, nil
}

func convertLine(_ Resolver, v any) (any, error) {
	text, err := lineOf(v)
	if original, ok := v.(string); ok && original == text && text != "" {
		return v, nil // most cells are clean: no new interface value
	}
	return result(text, err)
}

func convertText(_ Resolver, v any) (any, error) {
	text, err := textOf(v)
	return result(cleanText(text), err)
}

func oneOf(known map[string]bool, code string) func(Resolver, any) (any, error) {
	return func(_ Resolver, v any) (any, error) {
		text, err := lineOf(v)
		if err != nil || text == "" {
			return nil, err
		}
		if lower := strings.ToLower(text); known[lower] {
			return lower, nil
		}
		return nil, faultf(code, "%q is not among the values of the API: translate it in the mapping (\"values\")", shorten(text))
	}
}

func convertCountry(_ Resolver, v any) (any, error) {
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	upper := strings.ToUpper(text)
	if len(upper) != 2 || strings.Trim(upper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return nil, faultf(CodeInvalidCountry, "%q is no country code of two letters", shorten(text))
	}
	return upper, nil
}

func convertMunicipality(resolve Resolver, v any) (any, error) {
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	if digits(text, 3) {
		text = padded(text, 3)
	}
	if resolve == nil {
		return text, nil
	}
	code, err := resolve(text)
	if err != nil {
		return nil, asFault(err, "", CodeUnknownMunicipality)
	}
	return result(code, nil)
}

// convertWebsite adds the scheme that people leave out.
func convertWebsite(_ Resolver, v any) (any, error) {
	text, err := lineOf(v)
	if text != "" && !strings.Contains(text, ":") && strings.Contains(text, ".") && !strings.Contains(text, " ") {
		text = "https://" + text
	}
	return result(text, err)
}

// convertCount reads "1 234" too. A comma or point may only be followed by one or two zeros: "1,000" is two numbers.
func convertCount(_ Resolver, v any) (any, error) {
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	whole := strings.ReplaceAll(text, " ", "")
	if i := strings.IndexAny(whole, ".,"); i > 0 {
		if rest := whole[i+1:]; rest == "0" || rest == "00" {
			whole = whole[:i]
		}
	}
	if !digits(whole, 9) {
		return nil, faultf(CodeInvalidNumber, "%q is no whole number", shorten(text))
	}
	n, _ := strconv.Atoi(whole)
	return n, nil
}

func convertYear(_ Resolver, v any) (any, error) {
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	if date, err := parseDate(text); err == nil && date.precision == "year" {
		return date.from.Year(), nil
	}
	return nil, faultf(CodeInvalidNumber, "%q is no year", shorten(text))
}

func coordinate(limit float64) func(Resolver, any) (any, error) {
	return func(_ Resolver, v any) (any, error) {
		text, err := lineOf(v)
		if number, ok := v.(json.Number); ok {
			text = number.String()
		}
		if err != nil || text == "" {
			return nil, err
		}
		degrees, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err != nil || math.IsNaN(degrees) || math.Abs(degrees) > limit {
			return nil, faultf(CodeInvalidPoint, "%q is no WGS84 degree between %g and %g", shorten(text), -limit, limit)
		}
		return degrees, nil
	}
}

// convertHistoric lets an object pass: it has the API's shape already.
func convertHistoric(_ Resolver, v any) (any, error) {
	if object, ok := v.(map[string]any); ok {
		return cleaned(object), nil
	}
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	date, err := parseDate(text)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"from": date.from.Format(day), "to": date.to.Format(day), "precision": date.precision, "text": text,
	}, nil
}

func convertDay(_ Resolver, v any) (any, error) {
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	date, err := parseDate(text)
	if err != nil {
		return nil, err
	}
	if date.precision != "day" {
		return nil, faultf(CodeInvalidDate, "%q is no full date", shorten(text))
	}
	return date.from.Format(day), nil
}

func convertOtherName(_ Resolver, v any) (any, error) {
	if object, ok := v.(map[string]any); ok {
		return cleaned(object), nil
	}
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	return map[string]any{"name": map[string]any{"fi": text}}, nil
}

func convertAffiliation(_ Resolver, v any) (any, error) {
	if object, ok := v.(map[string]any); ok {
		return cleaned(object), nil
	}
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	return map[string]any{"name": text}, nil
}

// convertExternalID reads "system:id".
func convertExternalID(_ Resolver, v any) (any, error) {
	if object, ok := v.(map[string]any); ok {
		return cleaned(object), nil
	}
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	system, id, _ := strings.Cut(text, ":")
	if system, id = strings.TrimSpace(system), strings.TrimSpace(id); system == "" || id == "" {
		return nil, faultf(CodeInvalidExternalID, "%q is no system:id", shorten(text))
	}
	return map[string]any{"system": system, "id": id}, nil
}

func equal(a, b any) bool {
	if x, ok := a.(string); ok {
		y, ok := b.(string)
		return ok && x == y
	}
	return reflect.DeepEqual(a, b)
}
