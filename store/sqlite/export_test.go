package sqlite

import (
	"context"
	"database/sql/driver"
)

// OpenThrough is OpenWith with something between the engine and the driver.
func OpenThrough(ctx context.Context, path string, o Options, through func(driver.Connector) driver.Connector) (*DB, error) {
	return openThrough(ctx, path, o, through)
}
