package importfile

import (
	"sort"
	"strings"
)

// Resolver turns what a file says of a municipality, its code or its name, into its three-digit code. Codes come to it
// with their leading zeros, though the file may have lost them.
type Resolver func(input string) (code string, err error)

// target is a member of the API's row that a column can be mapped to. convert gets a JSON value (of a CSV file: a string)
// and returns nil when the cell is as good as empty; the converter of a list gets one element.
type target struct {
	path    []string
	list    bool
	convert func(resolve Resolver, v any) (any, error)
}

var targets = map[string]target{
	"name.fi": line("name.fi"), "name.sv": line("name.sv"), "name.en": line("name.en"),
	"description.fi":     {path: []string{"description", "fi"}, convert: convertText},
	"description.sv":     {path: []string{"description", "sv"}, convert: convertText},
	"description.en":     {path: []string{"description", "en"}, convert: convertText},
	"kind":               {path: []string{"kind"}, convert: oneOf(kinds, CodeUnknownKind)},
	"status":             {path: []string{"status"}, convert: oneOf(statuses, CodeUnknownStatus)},
	"field":              line("field"),
	"registerNumber":     line("registerNumber"),
	"businessId":         line("businessId"),
	"country":            {path: []string{"country"}, convert: convertCountry},
	"municipality":       {path: []string{"municipality"}, convert: convertMunicipality},
	"municipalities":     {path: []string{"municipalities"}, list: true, convert: convertMunicipality},
	"address.street":     line("address.street"),
	"address.postalCode": line("address.postalCode"),
	"address.postOffice": line("address.postOffice"),
	"location.lat":       {path: []string{"location", "lat"}, convert: coordinate(90)},
	"location.lon":       {path: []string{"location", "lon"}, convert: coordinate(180)},
	"website":            {path: []string{"website"}, convert: convertWebsite},
	"email":              line("email"),
	"phone":              line("phone"),
	"languages":          {path: []string{"languages"}, list: true, convert: convertLanguage},
	"memberCount.value":  {path: []string{"memberCount", "value"}, convert: convertCount},
	"memberCount.year":   {path: []string{"memberCount", "year"}, convert: convertYear},
	"founded":            {path: []string{"founded"}, convert: convertHistoric},
	"dissolved":          {path: []string{"dissolved"}, convert: convertHistoric},
	"registeredOn":       {path: []string{"registeredOn"}, convert: convertDay},
	"otherNames":         {path: []string{"otherNames"}, list: true, convert: convertOtherName},
	"affiliations":       {path: []string{"affiliations"}, list: true, convert: convertAffiliation},
	"externalIds":        {path: []string{"externalIds"}, list: true, convert: convertExternalID},
	"lastVerifiedAt":     line("lastVerifiedAt"),
}

// externalIDTarget starts the targets "externalIds.<system>", whose cells hold the id alone.
const externalIDTarget = "externalIds."

func line(member string) target {
	return target{path: strings.Split(member, "."), convert: convertLine}
}

// findTarget knows a member by its path; lists may be written with [] behind.
func findTarget(member string) (target, bool) {
	if t, ok := targets[member]; ok {
		return t, true
	}
	if system := strings.TrimPrefix(member, externalIDTarget); system != member && system != "" {
		return target{path: []string{"externalIds"}, list: true, convert: func(_ Resolver, v any) (any, error) {
			id, err := lineOf(v)
			if err != nil || id == "" {
				return nil, err
			}
			return map[string]any{"system": system, "id": id}, nil
		}}, true
	}
	if name := strings.TrimSuffix(member, "[]"); name != member {
		t, ok := targets[name]
		return t, ok && t.list
	}
	return target{}, false
}

// Targets lists the member paths that a mapping may name; beside them there is "externalIds.<system>".
func Targets() []string {
	names := make([]string, 0, len(targets))
	for name := range targets {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// assign sets the member, or adds to it when it is a list. Values that the list has already are left out.
func assign(members map[string]any, t target, value any) {
	at := members
	for _, name := range t.path[:len(t.path)-1] {
		inner, ok := at[name].(map[string]any)
		if !ok {
			inner = make(map[string]any, 2)
			at[name] = inner
		}
		at = inner
	}
	name := t.path[len(t.path)-1]
	if !t.list {
		at[name] = value
		return
	}
	list, _ := at[name].([]any)
	for _, element := range list {
		if equal(element, value) {
			return
		}
	}
	at[name] = append(list, value)
}

func lookup(members map[string]any, path []string) (any, bool) {
	var value any = members
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = object[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

func textAt(members map[string]any, path ...string) string {
	value, _ := lookup(members, path)
	text, _ := value.(string)
	return text
}
