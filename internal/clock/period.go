package clock

import "github.com/seutu/seutu/internal/errs"

// CheckPeriod notes a period that ends before it begins: its members are from and to below the pointer; to is exclusive.
func CheckPeriod(from, to *Date, pointer string, f *errs.Faults) {
	if from != nil && to != nil && *to <= *from {
		f.Add(pointer+"/to", "order", "the end must come after the start")
	}
}

// CheckHistoric brings a historic date into order and notes what is wrong with it. Nil is no fault.
func CheckHistoric(h *HistoricDate, pointer string, f *errs.Faults) {
	if h == nil {
		return
	}
	if member, why := h.Normalise(); why != "" {
		f.Add(pointer+"/"+member, "invalid", why)
	}
}
