package finnish

// stopWords are in so many texts, or say so little, that they are left out: of texts that are not names, and of queries
// that have other words too. Base forms stand for all their forms where there is a dictionary.
var stopWords = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range list(`ry rf rs rn ja tai eli sekä myös on ovat oli olivat ei joka jotka jonka joita joiden että kun kuin jos
		mutta se ne tämä nämä sen niiden niitä olla
		och eller att är som en ett den det de av för med på till från om har inte
		the a an of and or in on for to with by is are at as`) {
		set[w] = true
	}
	return set
}()
