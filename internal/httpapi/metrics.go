package httpapi

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/seutu/seutu/internal/store"
)

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	hits     prometheus.Counter
	misses   prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, db *store.DB) *metrics {
	memory := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "seutu_memory_reads_total", Help: "Anonymous reads that memory could answer (hit) or not (miss)."}, []string{"outcome"})
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "seutu_requests_total", Help: "Answers by operation and status."}, []string{"operation", "status"}),
		hits:     memory.WithLabelValues("hit"), misses: memory.WithLabelValues("miss"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "seutu_request_seconds", Help: "Time to answer by operation.", Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"operation"}),
	}
	if reg == nil {
		return m
	}
	reg.MustRegister(m.requests, m.seconds, memory)
	gauge := func(name, help string, f func() float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f))
	}
	gauge("seutu_db_connections", "Open database connections.", func() float64 { return float64(db.Stat().TotalConns()) })
	gauge("seutu_db_connections_busy", "Database connections in use.", func() float64 { return float64(db.Stat().AcquiredConns()) })
	gauge("seutu_db_waits_total", "Requests that had to wait for a database connection.", func() float64 { return float64(db.Stat().EmptyAcquireCount()) })
	gauge("seutu_feed_lag_seconds", "Age of the oldest open transaction, which the change feed waits for.", db.FeedLag)
	return m
}

func (m *metrics) observe(operation string, status int, took time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(operation).Observe(took.Seconds())
}
