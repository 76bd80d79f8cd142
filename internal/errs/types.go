package errs

// Type is a problem type: its page is /problems/<Name>.
type Type struct {
	Name        string
	Kind        Kind
	Title       map[string]string
	Description map[string]string
}

func newType(name string, kind Kind, titleEn, titleFi, descriptionEn, descriptionFi string) *Type {
	t := &Type{name, kind, map[string]string{"en": titleEn, "fi": titleFi}, map[string]string{"en": descriptionEn, "fi": descriptionFi}}
	Types[name] = t
	return t
}

// Types holds every problem type by name.
var Types = map[string]*Type{}

// The problem types.
var (
	Validation = newType("validation", BadRequest, "The request breaks the contract", "Pyyntö rikkoo rajapinnan sopimusta",
		"Syntax, a type, a limit or an unknown member or parameter. `errors` names every fault. Compare the request with /openapi.yaml.",
		"Syntaksi, tyyppi, raja-arvo tai tuntematon kenttä tai parametri. `errors` luettelee kaikki virheet. Vertaa pyyntöä kuvaukseen /openapi.yaml.")
	BadCursor = newType("bad-cursor", BadRequest, "The cursor is not of this list", "Kohdistin ei kuulu tähän luetteloon",
		"A cursor is good only unchanged, with the filters and the sort that it came with. Start again from the first page.",
		"Kohdistin kelpaa vain muuttamattomana, samoin rajauksin ja samassa järjestyksessä kuin se saatiin. Aloita ensimmäiseltä sivulta.")
	InvalidData = newType("invalid-data", Unprocessable, "The data cannot be right", "Tiedot eivät voi pitää paikkaansa",
		"The contract allows the request, but an unknown code, a wrong check digit, an end before its start or a reference to nothing does not. `errors` names every fault.",
		"Sopimus sallii pyynnön, mutta tiedoissa on tuntematon koodi, väärä tarkiste, alkua aiempi loppu tai viittaus olemattomaan. `errors` luettelee kaikki virheet.")
	SignInNeeded = newType("sign-in-needed", Unauthenticated, "Sign in first", "Kirjaudu ensin",
		"The operation needs an access token: Authorization: Bearer <token>, from POST /v1/oauth/token.",
		"Toiminto vaatii pääsytunnisteen: Authorization: Bearer <tunniste>, jonka saa pyynnöllä POST /v1/oauth/token.")
	InvalidToken = newType("invalid-token", Unauthenticated, "The access token is not valid", "Pääsytunniste ei kelpaa",
		"It is expired, revoked, damaged or not for this service. Get a new one.",
		"Tunniste on vanhentunut, peruttu, vioittunut tai muuta palvelua varten. Hae uusi.")
	InvalidGrant = newType("invalid-grant", BadRequest, "Signing in did not succeed", "Kirjautuminen ei onnistunut",
		"The address and password, or the refresh token, are not valid (OAuth 2: invalid_grant).",
		"Sähköpostiosoite ja salasana tai uusimistunniste eivät kelpaa (OAuth 2: invalid_grant).")
	InvalidClient = newType("invalid-client", Unauthenticated, "The client is not known", "Asiakasta ei tunneta",
		"The client id and secret of the service account are not valid (OAuth 2: invalid_client).",
		"Palvelutilin tunnus ja salaisuus eivät kelpaa (OAuth 2: invalid_client).")
	NotAllowed = newType("forbidden", Forbidden, "Not for you", "Ei oikeutta",
		"You are known, but none of your grants allows this. GET /v1/me lists them.",
		"Sinut tunnetaan, mutta mikään oikeutesi ei salli tätä. GET /v1/me luettelee oikeutesi.")
	Missing = newType("not-found", NotFound, "There is nothing here", "Täällä ei ole mitään",
		"Nothing has this address, or nothing that you may see.",
		"Tässä osoitteessa ei ole mitään, tai ei mitään mitä saisit nähdä.")
	WrongMethod = newType("method-not-allowed", MethodNotAllowed, "Not with this method", "Menetelmä ei kelpaa",
		"The address exists, but not for this method; `Allow` lists those that do.",
		"Osoite on olemassa, mutta ei tällä menetelmällä; `Allow` luettelee sallitut.")
	WrongAccept = newType("not-acceptable", NotAcceptable, "Not in this media type", "Ei tässä mediatyypissä",
		"`Accept` asks for a media type that the operation does not have.",
		"`Accept` pyytää mediatyyppiä, jota toiminnolla ei ole.")
	Duplicate = newType("duplicate", Conflict, "There is one already", "Sellainen on jo",
		"Another row has the same number, key or address. `conflictsWith` names it where you may see it.",
		"Toisella rivillä on sama numero, avain tai osoite. `conflictsWith` kertoo sen, jos saat nähdä sen.")
	WrongTransition = newType("transition-not-allowed", Conflict, "Not from this state", "Ei tästä tilasta",
		"The row cannot go from its present state to the one asked for; `allowed` lists those that it can go to.",
		"Rivi ei voi siirtyä nykyisestä tilastaan pyydettyyn; `allowed` luettelee mahdolliset.")
	InUse = newType("in-use", Conflict, "Something else depends on it", "Jokin muu riippuu siitä",
		"It cannot go while something else needs it.",
		"Sitä ei voi poistaa, kun jokin muu tarvitsee sitä.")
	LimitReached = newType("limit-reached", Conflict, "No more of these", "Enempää ei voi olla",
		"As many as there may be are there already. End one first.",
		"Niitä on jo niin monta kuin saa olla. Lopeta ensin jokin.")
	Overlap = newType("overlap", Conflict, "At the same time there is another", "Samaan aikaan on toinen",
		"Another row has this place, or this person, in an overlapping period. `conflictsWith` names it. End that one first, or choose another period.",
		"Toisella rivillä on tämä paikka tai tämä henkilö päällekkäisenä aikana. `conflictsWith` kertoo sen. Päätä se ensin tai valitse toinen aika.")
	Circle = newType("circle", Conflict, "A tree has no circles", "Puussa ei ole silmukoita",
		"Nothing can stand under itself, nor under what stands under it.",
		"Mikään ei voi olla itsensä eikä oman alaisensa alla.")
	Frozen = newType("frozen", Conflict, "It is frozen", "Se on lukittu",
		"What has been published so is never changed. A correction is a new edition, and both stay readable.",
		"Näin julkaistua ei muuteta. Korjaus on uusi laitos, ja molemmat jäävät luettaviksi.")
	DeadlinePassed = newType("deadline-passed", Conflict, "The deadline has passed", "Määräaika on ohi",
		"What was asked for by a deadline is not taken after it.",
		"Määräaikaan mennessä pyydettyä ei oteta vastaan sen jälkeen.")
	AlreadyDone = newType("already-done", Conflict, "Done already", "Tehty jo",
		"A request with this Idempotency-Key succeeded; its answer held a secret and was not kept.",
		"Pyyntö tällä Idempotency-Key-avaimella onnistui jo; vastauksessa oli salaisuus, eikä sitä säilytetty.")
	KeyRunning = newType("idempotency-key-running", Conflict, "A request with this key is running", "Pyyntö tällä avaimella on kesken",
		"Try again in a moment to get its answer.",
		"Yritä hetken päästä uudelleen, niin saat sen vastauksen.")
	KeyReused = newType("idempotency-key-reused", Unprocessable, "The key belongs to another request", "Avain kuuluu toiseen pyyntöön",
		"An Idempotency-Key stands for one request: same operation, same parameters, same body. Use a new key.",
		"Idempotency-Key tarkoittaa yhtä pyyntöä: sama toiminto, samat parametrit, sama sisältö. Käytä uutta avainta.")
	WasDeleted = newType("gone", Gone, "It is gone", "Se on poistunut",
		"It was public once and has been archived or deleted. `deletedAt` and `version` tell when and as which version.",
		"Se oli kerran julkinen ja on arkistoitu tai poistettu. `deletedAt` ja `version` kertovat milloin ja minkä versiona.")
	WasMerged = newType("merged", Moved, "It was merged into another", "Se on yhdistetty toiseen",
		"Another row stands for this one. `mergedInto` names it, and `Location` is the same address there: send the request to it, and use the new id from now on.",
		"Toinen rivi on tullut tämän tilalle. `mergedInto` kertoo sen, ja `Location` on sama osoite siellä: lähetä pyyntö sinne ja käytä vastedes uutta tunnusta.")
	Changed = newType("stale", Stale, "It was changed meanwhile", "Se on muuttunut välillä",
		"If-Match is not the current version. Read it again (ETag holds the current one), apply your change, and repeat.",
		"If-Match ei ole nykyinen versio. Lue uudelleen (ETag kertoo nykyisen), tee muutoksesi ja toista pyyntö.")
	ContentTooLarge = newType("content-too-large", TooLarge, "Too large", "Liian suuri",
		"The body is larger than the operation takes.",
		"Sisältö on suurempi kuin toiminto ottaa vastaan.")
	WrongContentType = newType("unsupported-media-type", UnsupportedMedia, "Not in this media type", "Väärä mediatyyppi",
		"Content-Type is not one that the operation takes. PATCH takes application/merge-patch+json.",
		"Content-Type ei ole sellainen, jonka toiminto ottaa vastaan. PATCH ottaa mediatyypin application/merge-patch+json.")
	NeedsIfMatch = newType("precondition-required", PreconditionRequired, "If-Match is needed", "If-Match puuttuu",
		"Send the ETag that you read as If-Match, so that nobody's change is overwritten unseen.",
		"Lähetä lukemasi ETag otsakkeessa If-Match, ettei kenenkään muutos jää huomaamatta alle.")
	RateLimited = newType("too-many-requests", TooMany, "Too many requests", "Liikaa pyyntöjä",
		"Wait for as long as Retry-After tells.",
		"Odota Retry-After-otsakkeen kertoma aika.")
	Overloaded = newType("unavailable", Unavailable, "Not now", "Ei juuri nyt",
		"The service is overloaded, stopping, or without its database. Try again after Retry-After; with an Idempotency-Key a repeat does no harm.",
		"Palvelu on ylikuormitettu, pysähtymässä tai ilman tietokantaa. Yritä uudelleen Retry-After-ajan kuluttua; Idempotency-Key tekee toistosta turvallisen.")
	Unexpected = newType("internal", Internal, "Something broke here", "Palvelussa on vika",
		"The fault is ours and has been logged under `requestId`.",
		"Vika on meidän, ja se on kirjattu tunnisteella `requestId`.")
)
