package patch

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Merge applies a request body to a row as RFC 7396 says: the body's members replace the row's, objects merge, null clears.
// A member of the row is named by its JSON tag; what has none is the server's own and stays. The contract has checked the
// body already, so a member that does not fit is a fault of the program. Empty lists become [], empty language maps nil.
func Merge[T any](row *T, body any) error {
	patch, err := asObject(body)
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	target, err := asObject(row)
	if err != nil {
		return fmt.Errorf("read row: %w", err)
	}
	merged, err := json.Marshal(merge(target, patch))
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	fresh := new(T)
	if err := json.Unmarshal(merged, fresh); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	adopt(reflect.ValueOf(row).Elem(), reflect.ValueOf(fresh).Elem())
	return nil
}

func asObject(v any) (out map[string]any, err error) {
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	return out, err
}

// merge is the MergePatch function of RFC 7396.
func merge(target, patch map[string]any) map[string]any {
	if target == nil {
		target = map[string]any{}
	}
	for k, v := range patch {
		switch p := v.(type) {
		case nil:
			delete(target, k)
		case map[string]any:
			below, _ := target[k].(map[string]any)
			if _, whole := p["precision"]; whole { // a historic date is one value: its parts mean nothing apart
				below = nil
			}
			target[k] = merge(below, p)
		default:
			target[k] = v
		}
	}
	return target
}

// adopt takes over the members that have a JSON name, those of embedded structs included.
func adopt(dst, src reflect.Value) {
	for i := range dst.NumField() {
		field := dst.Type().Field(i)
		if field.Anonymous && field.Type.Kind() == reflect.Struct {
			adopt(dst.Field(i), src.Field(i))
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		v := src.Field(i)
		switch {
		case v.Kind() == reflect.Slice && v.IsNil():
			v = reflect.MakeSlice(v.Type(), 0, 0)
		case v.Kind() == reflect.Map && v.Len() == 0:
			v = reflect.Zero(v.Type())
		}
		dst.Field(i).Set(v)
	}
}
