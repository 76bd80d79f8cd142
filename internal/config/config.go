// Package config holds what an operator may set: flags and environment in one struct. Nothing else reads the environment.
package config

import (
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Database tells where the data are.
type Database struct {
	Data        string `help:"Folder of the private PostgreSQL; a folder of your own by default." env:"SEUTU_DATA" placeholder:"DIR"`
	DatabaseURL string `help:"Use this PostgreSQL (15 or newer) instead of a private one." env:"DATABASE_URL" placeholder:"URL"`
	PGBinDir    string `name:"pg-bindir" help:"Where PostgreSQL's programs are, if not in one of the usual places." env:"SEUTU_PG_BINDIR" placeholder:"DIR"`
	Voikko      string `help:"Finnish dictionary (mor.vfst of voikko-fi) that search reads words by, or off; looked for in the usual places by default." env:"SEUTU_VOIKKO" placeholder:"FILE"`
	Connections int    `name:"db-connections" help:"Database connections; 0 = two for each core, at least 4." env:"SEUTU_DB_CONNECTIONS" default:"0"`
}

// Service tells how the service answers.
type Service struct {
	Listen         string        `help:"Address to answer on." env:"SEUTU_LISTEN" default:"127.0.0.1:8080"`
	MetricsListen  string        `help:"Address of /metrics; none by default." env:"SEUTU_METRICS_LISTEN" placeholder:"ADDRESS"`
	Issuer         string        `help:"What access tokens name as their issuer: the service's public address." env:"SEUTU_ISSUER" default:"http://127.0.0.1:8080"`
	RateLimit      int           `help:"Requests a second for one client; 0 = no limit." env:"SEUTU_RATE_LIMIT" default:"100"`
	MaxInFlight    int           `help:"Requests at once before load is shed; 0 = no limit." env:"SEUTU_MAX_IN_FLIGHT" default:"256"`
	Memory         int           `help:"Megabytes that keep answers to anonymous reads; 0 = none." env:"SEUTU_MEMORY" default:"32"`
	AllowedOrigins []string      `help:"Web origins whose pages may write." env:"SEUTU_ALLOWED_ORIGINS" placeholder:"ORIGIN"`
	TrustedProxies []string      `help:"Networks (CIDR) whose X-Forwarded-For is believed." env:"SEUTU_TRUSTED_PROXIES" placeholder:"CIDR"`
	Drain          time.Duration `help:"How long to go on answering, but not ready, once told to stop." env:"SEUTU_DRAIN" default:"0s"`
}

// Log tells how to log.
type Log struct {
	Format string `name:"log" help:"Log lines: json, text, or auto (text on a terminal)." enum:"json,text,auto" env:"SEUTU_LOG" default:"auto"`
	Level  string `name:"log-level" help:"debug, info, warn or error." enum:"debug,info,warn,error" env:"SEUTU_LOG_LEVEL" default:"info"`
}

// PoolSize is how many database connections to keep: about two for each core answer fastest.
func (d Database) PoolSize() int {
	if d.Connections > 0 {
		return d.Connections
	}
	return max(4, 2*runtime.NumCPU())
}

// DataDir is the folder of the private PostgreSQL: the one that was set, else one of the user's own. A demo has its own, so
// that it never mixes with real data.
func (d Database) DataDir(demo bool) string {
	name := "seutu"
	if demo {
		name = "seutu-demo"
	}
	switch {
	case d.Data != "":
		return d.Data
	case os.Geteuid() == 0:
		return filepath.Join("/var/lib", name) // a home of root's is closed to the user that PostgreSQL runs as
	case os.Getenv("XDG_DATA_HOME") != "":
		return filepath.Join(os.Getenv("XDG_DATA_HOME"), name)
	}
	home, err := os.UserHomeDir()
	switch {
	case err != nil:
		return filepath.Join(os.TempDir(), name)
	case runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Application Support", name)
	}
	return filepath.Join(home, ".local", "share", name)
}
