package geography

// Fields returns the fields of activity in the order to show them.
func Fields() []Field { return loaded().fields }

// FieldByCode finds a field of activity by its exact code.
func FieldByCode(code string) (Field, bool) {
	for _, f := range Fields() {
		if f.Code == code {
			return f, true
		}
	}
	return Field{}, false
}
