package actionplan

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Items are the items of a plan that the actor may see, as JSON. Missing or WasDeleted as the plan is.
func (s *Service) Items(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.listItems(ctx, id)
}

// Item is one item of a plan that the actor may see, as JSON.
func (s *Service) Item(ctx context.Context, id, partID uuid.UUID) (render.Row, error) {
	return s.repo.item(ctx, id, partID)
}

// writeItem lets change write an item of a plan, and raises the plan's version if it did.
func (s *Service) writeItem(ctx context.Context, id uuid.UUID, ifMatch *string, change func(context.Context, *store.Tx, *Plan) (bool, error)) error {
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lock(ctx, id); err != nil {
			return err
		}
		was, err := s.findMine(ctx, id, ifMatch)
		if err != nil {
			return err
		}
		changed, err := change(ctx, tx, was)
		if err != nil || !changed {
			return err
		}
		p := *was
		return s.repo.Touch(ctx, tx, was, &p, "items")
	})
}

// CreateItem adds an item to a draft. For those who may write the council. Frozen once the plan is approved.
func (s *Service) CreateItem(ctx context.Context, id uuid.UUID, ifMatch *string, body any) (uuid.UUID, error) {
	i := &Item{ActionPlanID: id, State: "planned"}
	err := s.writeItem(ctx, id, ifMatch, func(ctx context.Context, tx *store.Tx, p *Plan) (bool, error) {
		if p.Status == StatusApproved {
			return false, errs.New(errs.Frozen, "the plan is approved; take it back to a draft to change this")
		}
		if err := patch.Merge(i, body); err != nil {
			return false, err
		}
		if err := s.checkItem(ctx, &Item{}, i); err != nil {
			return false, err
		}
		if i.Position == 0 {
			last, err := s.repo.lastPosition(ctx, id)
			if err != nil {
				return false, err
			}
			i.Position = last + 1
		} else if err := s.repo.makeRoom(ctx, tx, i); err != nil {
			return false, err
		}
		return true, s.repo.items.Insert(ctx, tx, i)
	})
	return i.ID, err
}

// UpdateItem changes an item; of an approved plan its state, day and note only. For those who may write the council. Frozen.
func (s *Service) UpdateItem(ctx context.Context, id, partID uuid.UUID, ifMatch *string, body any) error {
	return s.writeItem(ctx, id, ifMatch, func(ctx context.Context, tx *store.Tx, p *Plan) (bool, error) {
		was, err := s.repo.items.Load(ctx, id, partID)
		if err != nil {
			return false, err
		}
		i := *was
		if err := patch.Merge(&i, body); err != nil {
			return false, err
		}
		if err := s.checkItem(ctx, was, &i); err != nil {
			return false, err
		}
		changed := store.ChangedMembers(was, &i)
		if len(changed) == 0 {
			return false, nil
		}
		if p.Status == StatusApproved {
			if err := frozen(changed, "state", "dueOn", "note"); err != nil {
				return false, err
			}
		}
		if i.Position != was.Position {
			if err := s.repo.makeRoom(ctx, tx, &i); err != nil {
				return false, err
			}
		}
		return true, s.repo.items.Update(ctx, tx, &i)
	})
}

// DeleteItem removes an item from a draft. For those who may write the council. Frozen once the plan is approved.
func (s *Service) DeleteItem(ctx context.Context, id, partID uuid.UUID, ifMatch *string) error {
	return s.writeItem(ctx, id, ifMatch, func(ctx context.Context, tx *store.Tx, p *Plan) (bool, error) {
		if _, err := s.repo.items.Load(ctx, id, partID); err != nil {
			return false, err
		}
		if p.Status == StatusApproved {
			return false, errs.New(errs.Frozen, "the plan is approved; take it back to a draft to change this")
		}
		return true, s.repo.items.Delete(ctx, tx, id, partID)
	})
}

func (s *Service) checkItem(ctx context.Context, was, i *Item) error {
	f := errs.Faults{}
	if i18n.Tidy(i.Title); len(i.Title) == 0 {
		f.Add("/title", "required", "a title in one language must remain")
	}
	for n, o := range i.Owners {
		set := 0
		if i18n.Tidy(o.Name); len(o.Name) > 0 {
			set++
		}
		for _, r := range references {
			if r.id(o) != nil {
				set++
			}
		}
		if set != 1 {
			f.Add("/owners/"+strconv.Itoa(n), "one-of", "an owner is exactly one of organisationId, networkId, councilId and name")
		}
	}
	for _, r := range references {
		old := r.ids(was)
		fresh := slices.DeleteFunc(r.ids(i), func(id uuid.UUID) bool { return slices.Contains(old, id) })
		if len(fresh) == 0 {
			continue
		}
		found, err := s.repo.existing(ctx, r.table, fresh)
		if err != nil {
			return err
		}
		for n, o := range i.Owners {
			if id := r.id(o); id != nil && slices.Contains(fresh, *id) && !found[*id] {
				f = append(f, errs.Fault{In: "body", Pointer: "/owners/" + strconv.Itoa(n) + "/" + r.member, Code: "unknown-reference", Detail: r.missing})
			}
		}
	}
	return f.Err()
}
