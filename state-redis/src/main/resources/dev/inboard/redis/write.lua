-- Carries out writes to state entries, all or none.
--
-- KEYS[i]  the key of operation i
-- ARGV     five per operation: 'set' or 'del', the value, the ETag ('' for any), '1' for first write,
--          the time to live in milliseconds ('' for ever)
--
-- With events: one key more, the stream that keeps them, and two arguments more per event, its key
-- and its body. No number of events makes as many arguments as one more operation would.
--
-- Returns the new version of each entry, '' for a deletion.
-- Fails with 'ETAG_MISMATCH i' when the entry of operation i is not what it must be.
--
-- An entry is a hash as Dapr lays it out: data, version (a counter, the ETag), and first-write once a
-- writer asked for that. Ours adds 'inboard-expires', '<version>:<epoch milliseconds>', so that one
-- command reads an entry with its end; a sidecar's later write changes the version and so voids it.

-- The field of a hash: false when there is none, nil when the key holds something else.
local function field(key, name)
  local value = redis.pcall('HGET', key, name)
  if type(value) ~= 'table' then return value end
  if string.find(value.err, 'WRONGTYPE', 1, true) then return nil end
  return redis.call('HGET', key, name) -- fails again, for good
end

-- The version of a live entry: false without an entry, '' for an entry without a version (plain text
-- of an early Dapr). A key of another type may be a JSON document.
local function version_of(key)
  local version = field(key, 'version')
  if version == false and redis.call('EXISTS', key) == 0 then return false end
  if version == nil then version = redis.pcall('JSON.GET', key, '.version') end
  return type(version) == 'string' and version or ''
end

local function text(number) return string.format('%.0f', number) end

local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])

local count = #KEYS
if #ARGV ~= 5 * count then count = count - 1 end

-- First look: what would each operation find, after those before it?
local found = {}
for i = 1, count do
  local key = KEYS[i]
  local kind, etag, first = ARGV[5 * i - 4], ARGV[5 * i - 2], ARGV[5 * i - 1]
  local current = found[key]
  if current == nil then current = version_of(key) end
  if etag ~= '' then
    if current ~= etag then return redis.error_reply('ETAG_MISMATCH ' .. i) end
  elseif first == '1' and current then
    return redis.error_reply('ETAG_MISMATCH ' .. i)
  end
  -- what an earlier operation of this script leaves behind carries an ETag that no caller can know
  if kind == 'set' then found[key] = 'new' else found[key] = false end
end

local function set(key, value, first, ttl)
  local version
  local known = field(key, 'version')
  if known and known ~= '' then
    version = text(redis.call('HINCRBY', key, 'version', 1))
  else
    -- A new entry counts on from the time, not from 1: an ETag never comes back after a deletion.
    if known ~= false then redis.call('DEL', key) end
    version = text(micros)
    redis.call('HSET', key, 'version', version)
  end
  redis.call('HSET', key, 'data', value)
  if first == '1' then redis.call('HSET', key, 'first-write', '0') end
  if ttl ~= '' then
    redis.call('PEXPIRE', key, ttl)
    redis.call('HSET', key, 'inboard-expires', version .. ':' .. text(math.floor(micros / 1000) + tonumber(ttl)))
  elseif redis.call('PERSIST', key) == 1 then
    redis.call('HDEL', key, 'inboard-expires')
  end
  return version
end

local versions = {}
for i = 1, count do
  local key = KEYS[i]
  if ARGV[5 * i - 4] == 'set' then
    versions[i] = set(key, ARGV[5 * i - 3], ARGV[5 * i - 1], ARGV[5 * i])
  else
    redis.call('DEL', key)
    versions[i] = ''
  end
end
for i = 5 * count + 1, #ARGV, 2 do
  redis.call('XADD', KEYS[#KEYS], '*', 'key', ARGV[i], 'body', ARGV[i + 1])
end
return versions
