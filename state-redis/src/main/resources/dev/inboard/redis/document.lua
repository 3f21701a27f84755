-- Reads a JSON document that a sidecar wrote: value and version of one moment, never of two.
--
-- KEYS[1]  the key
-- Returns the value and the version, both as JSON text.
return {redis.call('JSON.GET', KEYS[1], '.data'), redis.call('JSON.GET', KEYS[1], '.version')}
