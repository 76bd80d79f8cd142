package organisation

import (
	"math"
	"strconv"

	"github.com/oapi-codegen/nullable"
	"github.com/oapi-codegen/runtime/types"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/contactpoint"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/patch"
)

// change turns a request body (of a create, a patch, or a row of a sync: they share their members) into a Change: absent
// members are left, null clears, values are read leniently and stored canonically.
func change(in *api.OrganisationSyncRow) Change {
	return func(o *Organisation, f *errs.Faults) {
		if in.Kind != nil {
			o.Kind = Kind(*in.Kind)
		}
		if in.Name != nil {
			o.Name = i18n.Tidy(patch.Map(o.Name, *in.Name))
		}
		patch.Value(&o.Country, in.Country)
		patch.Set(&o.Field, in.Field)
		patch.Set(&o.Municipality, in.Municipality)
		patch.SetTo(&o.FundingSources, in.FundingSources)
		patch.SetTo(&o.Municipalities, in.Municipalities)
		patch.SetTo(&o.Languages, in.Languages)
		if in.Description.IsNull() {
			o.Description = nil
		} else if d, err := in.Description.Get(); err == nil {
			o.Description = patch.Map(o.Description, d)
		}
		changeIdentity(o, in, f)
		changeContact(o, in, f)
		changePlace(o, in, f)
		changeHistory(o, in, f)
		o.fillLists()
	}
}

// replace is a change that first clears what the body may hold: PUT. The keys of other systems stay unless the body names them.
func replace(in *api.OrganisationSyncRow) Change {
	return func(o *Organisation, f *errs.Faults) {
		*o = Organisation{
			Base: o.Base, Status: o.Status, PublishedAt: o.PublishedAt, LastVerifiedAt: o.LastVerifiedAt, VerificationRequestedAt: o.VerificationRequestedAt,
			Country: "FI", Region: o.Region, SubRegion: o.SubRegion, ExternalIDs: o.ExternalIDs,
		}
		change(in)(o, f)
	}
}

// fillLists makes empty lists of absent ones: the contract shows [], not null.
func (o *Organisation) fillLists() {
	fill(&o.OtherNames)
	fill(&o.Municipalities)
	fill(&o.SocialLinks)
	fill(&o.Languages)
	fill(&o.FundingSources)
	fill(&o.Affiliations)
	fill(&o.ExternalIDs)
}

func fill[T any](s *[]T) {
	if *s == nil {
		*s = []T{}
	}
}

// canonical applies a member that is text with a canonical form.
func canonical(dst **string, n nullable.Nullable[string], parse func(string) (string, bool), f *errs.Faults, member, detail string) {
	if n.IsNull() {
		*dst = nil
		return
	}
	v, err := n.Get()
	if err != nil {
		return // absent
	}
	text, ok := parse(v)
	if !ok {
		f.Add("/"+member, "invalid", detail)
		return
	}
	*dst = &text
}

func changeIdentity(o *Organisation, in *api.OrganisationSyncRow, f *errs.Faults) {
	canonical(&o.RegisterNumber, in.RegisterNumber, parseRegisterNumber, f, "registerNumber", "it is no number of the register of associations")
	canonical(&o.BusinessID, in.BusinessID, parseBusinessID, f, "businessId", "it is no business id, or its check digit is wrong")
	if in.OtherNames.IsNull() {
		o.OtherNames = nil
	} else if names, err := in.OtherNames.Get(); err == nil {
		o.OtherNames = nil
		for _, n := range names {
			o.OtherNames = append(o.OtherNames, OtherName{Name: i18n.Tidy(n.Name), From: date(n.From), To: date(n.To)})
		}
	}
	if in.ExternalIds.IsNull() {
		o.ExternalIDs = nil
	} else if ids, err := in.ExternalIds.Get(); err == nil {
		o.ExternalIDs = nil
		for _, e := range ids {
			o.ExternalIDs = append(o.ExternalIDs, ExternalID{e.System, e.ID})
		}
	}
}

func changeContact(o *Organisation, in *api.OrganisationSyncRow, f *errs.Faults) {
	canonical(&o.Website, in.Website, contactpoint.URL, f, "website", "it is no web address")
	canonical(&o.Logo, in.Logo, contactpoint.URL, f, "logo", "it is no web address")
	canonical(&o.Email, in.Email, contactpoint.Email, f, "email", "it is no e-mail address")
	canonical(&o.Phone, in.Phone, func(s string) (string, bool) { return contactpoint.Phone(s, o.Country) }, f, "phone", "it is no phone number")
	if in.SocialLinks.IsNull() {
		o.SocialLinks = nil
	} else if links, err := in.SocialLinks.Get(); err == nil {
		o.SocialLinks = nil
		for i, l := range links {
			u, ok := contactpoint.URL(l)
			if !ok {
				f.Add("/socialLinks/"+strconv.Itoa(i), "invalid", "it is no web address")
			}
			o.SocialLinks = append(o.SocialLinks, u)
		}
	}
}

func changePlace(o *Organisation, in *api.OrganisationSyncRow, f *errs.Faults) {
	changeAddress(&o.Address, in.Address)
	changeAddress(&o.PostalAddress, in.PostalAddress)
	if in.Location.IsNull() {
		o.Location = nil
	} else if p, err := in.Location.Get(); err == nil {
		var point Point
		known := o.Location != nil
		if known {
			point = *o.Location
		}
		patch.Value(&point.Lat, p.Lat)
		patch.Value(&point.Lon, p.Lon)
		if !known && (p.Lat == nil || p.Lon == nil) {
			f.Add("/location", "required", "a location needs lat and lon")
		}
		point.Lat, point.Lon = math.Round(point.Lat*1e7)/1e7, math.Round(point.Lon*1e7)/1e7 // a centimetre; finer ones underflow in distances
		o.Location = &point
	}
}

func changeAddress(dst **Address, n nullable.Nullable[api.Address]) {
	if n.IsNull() {
		*dst = nil
		return
	}
	in, err := n.Get()
	if err != nil {
		return
	}
	a := Address{}
	if *dst != nil {
		a = **dst
	}
	patch.Set(&a.Street, in.Street)
	patch.Set(&a.PostalCode, in.PostalCode)
	patch.Set(&a.PostOffice, in.PostOffice)
	if *dst = &a; a == (Address{}) {
		*dst = nil
	}
}

func changeHistory(o *Organisation, in *api.OrganisationSyncRow, f *errs.Faults) {
	changeHistoric(&o.Founded, in.Founded, f, "founded")
	changeHistoric(&o.Dissolved, in.Dissolved, f, "dissolved")
	if in.RegisteredOn.IsSpecified() {
		o.RegisteredOn = date(in.RegisteredOn)
	}
	if in.MemberCount.IsNull() {
		o.MemberCount = nil
	} else if m, err := in.MemberCount.Get(); err == nil {
		c := MemberCount{}
		if o.MemberCount != nil {
			c = *o.MemberCount
		}
		patch.Set(&c.Value, m.Value)
		patch.Set(&c.Min, m.Min)
		patch.Set(&c.Max, m.Max)
		patch.Set(&c.Estimated, m.Estimated)
		patch.Set(&c.Year, m.Year)
		o.MemberCount = &c
	}
	if in.Affiliations.IsNull() {
		o.Affiliations = nil
	} else if as, err := in.Affiliations.Get(); err == nil {
		o.Affiliations = nil
		for _, a := range as {
			x := Affiliation{From: date(a.From), To: date(a.To)}
			patch.Set(&x.OrganisationID, a.OrganisationID)
			patch.Set(&x.Name, a.Name)
			o.Affiliations = append(o.Affiliations, x)
		}
	}
}

func changeHistoric(dst **clock.HistoricDate, n nullable.Nullable[api.HistoricDate], f *errs.Faults, member string) {
	if n.IsNull() {
		*dst = nil
		return
	}
	in, err := n.Get()
	if err != nil {
		return
	}
	h := historic(in)
	if m, why := h.Normalise(); why != "" {
		f.Add("/"+member+"/"+m, "invalid", why)
	}
	*dst = &h
}

func historic(in api.HistoricDate) clock.HistoricDate {
	h := clock.HistoricDate{From: date(in.From), To: date(in.To), Precision: clock.Precision(in.Precision)}
	patch.Set(&h.MonthDay, in.MonthDay)
	patch.Set(&h.Text, in.Text)
	return h
}

func date(n nullable.Nullable[types.Date]) *clock.Date {
	v, err := n.Get()
	if err != nil {
		return nil
	}
	d := clock.Date(v.String())
	return &d
}
