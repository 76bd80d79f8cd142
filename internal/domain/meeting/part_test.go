package meeting_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// titles are the agenda in its order; positions must be without gaps.
func titles(t *testing.T, c *testkit.Client, meeting string) (out []string) {
	t.Helper()
	for i, item := range c.Get(meeting + "/agenda").Want(200).Items() {
		assert.Equal(t, float64(i+1), item["position"])
		out = append(out, item["title"].(object)["fi"].(string))
	}
	return out
}

func TestAgenda(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	secretary, anonymous := s.As(authz.Secretary, c), s.Anonymous()
	m := held(secretary, c, "2025-03-05")
	ids := map[string]string{}
	add := func(name string, more object) *testkit.Answer {
		body := object{"title": fi(name)}
		for k, v := range more {
			body[k] = v
		}
		a := change(secretary, "POST", m+"/agenda", m, body).Want(201)
		ids[name] = a.ID()
		return a
	}
	a := add("  Avaus ", object{"number": "1", "links": []object{{"title": fi("Liite")}}, "description": fi("Puheenjohtaja avaa")})
	assert.Equal(t, m+"/agenda/"+a.ID(), a.Header.Get("Location"))
	assert.Equal(t, a.JSON(), anonymous.Get(m+"/agenda/"+a.ID()).Want(200).JSON())
	assert.Equal(t, object{"fi": "Avaus"}, a.JSON()["title"])
	ids["Avaus"] = a.ID()
	add("Päätös", nil)
	add("Asiat", object{"position": 2})
	add("Muut", object{"position": 900})
	assert.Equal(t, []string{"Avaus", "Asiat", "Päätös", "Muut"}, titles(t, anonymous, m))

	item := m + "/agenda/" + ids["Muut"]
	version := secretary.Get(m).JSON()["version"]
	assert.Equal(t, 1.0, patched(secretary, item, m, object{"position": 1, "number": "4 a"}).Want(200).JSON()["position"])
	assert.Equal(t, version.(float64)+1, secretary.Get(m).JSON()["version"])
	assert.Equal(t, []string{"Muut", "Avaus", "Asiat", "Päätös"}, titles(t, anonymous, m))
	patched(secretary, item, m, object{"position": 1, "number": "4 a"}).Want(200)
	assert.Equal(t, version.(float64)+1, secretary.Get(m).JSON()["version"], "nothing changed, nothing is written")
	assert.Equal(t, []string{"required /title"}, patched(secretary, item, m, object{"title": object{"fi": nil}}).Problem(422, "invalid-data"))
	secretary.Patch(item, object{"position": 1}).Problem(428, "precondition-required")
	secretary.Patch(item, object{"position": 1}, testkit.IfMatch(`"1-x"`)).Problem(412, "stale")
	patched(secretary, m+"/agenda/"+store.NewID().String(), m, object{"position": 1}).Problem(404, "not-found")

	order := func(ids ...string) *testkit.Answer {
		return change(secretary, "PUT", m+"/agenda/order", m, object{"ids": ids})
	}
	assert.Len(t, order(ids["Avaus"], ids["Asiat"], ids["Päätös"], ids["Muut"]).Want(200).Items(), 4)
	assert.Equal(t, []string{"Avaus", "Asiat", "Päätös", "Muut"}, titles(t, anonymous, m))
	assert.Equal(t, []string{"unknown-reference /ids/1", "incomplete /ids", "incomplete /ids", "incomplete /ids"}, order(ids["Avaus"], store.NewID().String()).Problem(422, "invalid-data"))
	order(ids["Avaus"], ids["Avaus"]).Problem(400, "validation")
	secretary.Do("PUT", m+"/agenda/order", object{"ids": []string{}}).Problem(428, "precondition-required")

	change(secretary, "DELETE", m+"/agenda/"+ids["Asiat"], m, nil).Want(204)
	change(secretary, "DELETE", m+"/agenda/"+ids["Asiat"], m, nil).Problem(404, "not-found")
	anonymous.Get(m+"/agenda/"+ids["Asiat"]).Problem(404, "not-found")
	assert.Equal(t, []string{"Avaus", "Päätös", "Muut"}, titles(t, anonymous, m))
	assert.Len(t, anonymous.Get(m + "?include=agenda").JSON()["agenda"], 3)
	assert.NotEqual(t, anonymous.Get(m).ETag(), anonymous.Get(m+"?include=agenda").ETag())
	anonymous.Get(m+"?include=seats").Problem(400, "validation")
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	secretary, anonymous, elsewhere := s.As(authz.Secretary, c), s.Anonymous(), s.As(authz.Coordinator, "07")
	m := held(secretary, c, "2025-03-05")
	foreign := held(secretary, c, "2025-04-05")
	item := change(secretary, "POST", m+"/agenda", m, object{"title": fi("Asiat")}).Want(201).ID()
	other := change(secretary, "POST", foreign+"/agenda", foreign, object{"title": fi("Muut")}).Want(201).ID()

	a := change(secretary, "POST", m+"/decisions", m, object{"text": fi("Hyväksyttiin"), "agendaItemId": item}).Want(201)
	first := m + "/decisions/" + a.ID()
	assert.Equal(t, first, a.Header.Get("Location"))
	assert.Equal(t, 1.0, a.JSON()["number"])
	change(secretary, "POST", m+"/decisions", m, object{"text": fi("Viides"), "number": 5}).Want(201)
	second := m + "/decisions/" + change(secretary, "POST", m+"/decisions", m, object{"text": fi("Kuudes")}).Want(201).ID()
	assert.Equal(t, 6.0, secretary.Get(second).Want(200).JSON()["number"])
	d := change(secretary, "POST", m+"/decisions", m, object{"text": fi("Taas"), "number": 5})
	assert.Equal(t, []string{"duplicate /number"}, d.Problem(409, "duplicate"))
	assert.NotNil(t, d.JSON()["conflictsWith"])
	patched(secretary, second, m, object{"number": 5}).Problem(409, "duplicate")
	assert.Equal(t, []string{"required /text", "unknown-reference /agendaItemId"}, patched(secretary, second, m, object{"text": object{"fi": nil}, "agendaItemId": other}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unknown-reference /agendaItemId"}, change(secretary, "POST", m+"/decisions", m, object{"text": fi("x"), "agendaItemId": other}).Problem(422, "invalid-data"))
	assert.Equal(t, object{"fi": "Kuudes", "sv": "Sjätte"}, patched(secretary, second, m, object{"text": object{"sv": "Sjätte"}, "agendaItemId": nil}).Want(200).JSON()["text"])
	change(secretary, "DELETE", m+"/agenda/"+item, m, nil).Problem(409, "in-use")

	// who sees them
	for _, c := range []*testkit.Client{anonymous, elsewhere} {
		assert.Empty(t, c.Get(m+"/decisions").Want(200).Items())
		assert.Empty(t, c.Get(m + "?include=decisions").Want(200).JSON()["decisions"])
		c.Get(first).Problem(404, "not-found")
	}
	assert.Len(t, secretary.Get(m+"/decisions").Items(), 3)
	assert.Len(t, s.As(authz.Coordinator, "05").Get(m + "?include=decisions").JSON()["decisions"], 3)
	hidden := anonymous.Get(m + "/decisions").ETag()
	publish(secretary, m, fi("Muistio"))
	assert.Len(t, anonymous.Get(m+"/decisions").Want(200).Items(), 3)
	assert.NotEqual(t, hidden, anonymous.Get(m+"/decisions").ETag())
	anonymous.Get(first).Want(200)
	change(secretary, "DELETE", first, m, nil).Want(204)
	change(secretary, "DELETE", first, m, nil).Problem(404, "not-found")
	change(secretary, "DELETE", m+"/agenda/"+item, m, nil).Want(204)
}

// publish writes, approves and publishes the first edition of a memo.
func publish(c *testkit.Client, meeting string, text object) {
	c.T.Helper()
	c.Do("PUT", meeting+"/memo", object{"text": text}).Want(201)
	change(c, "POST", meeting+"/memo/transitions", meeting+"/memo", object{"to": "approved"}).Want(200)
	change(c, "POST", meeting+"/memo/transitions", meeting+"/memo", object{"to": "published"}).Want(200)
}
