-- What every script of the workflow backend stands on. KEYS[1] is the tag of a shard; every key of the shard begins with
-- it. All keys that a script may touch are in KEYS on a cluster, so that a slot under way is refused as a whole.
local T = KEYS[1]
local read
local DUE, NODES, OWN, MAIL, ALL, OUT = T .. ':due', T .. ':nodes', T .. ':own', T .. ':mail', T .. ':all', T .. ':out'

local function key(kind, id)
  return T .. ':' .. kind .. ':' .. id
end

-- The server's time in milliseconds, one and the same throughout a script; most turns need none.
local function now()
  if not read then
    local time = redis.call('TIME')
    read = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return read
end

-- Tells the nodes of an instance, but for the one that knows already.
local function hint(id, knows)
  redis.call('PUBLISH', string.match(T, '^{(.*):%d+}$') .. ':hints', #knows .. ':' .. knows .. id)
end

local function live(node)
  local lease = node ~= '' and redis.call('ZSCORE', NODES, node)
  return lease and tonumber(lease) > now()
end

local function unread(id)
  return redis.call('EXISTS', key('m', id)) == 1
end

-- Lets an instance that nobody owns wait for its time.
local function enqueue(id)
  local state = redis.call('HMGET', key('i', id), 'finished', 'wake')
  if state[1] ~= '0' then
    return
  end
  local wake = state[2] ~= '' and tonumber(state[2])
  if unread(id) and (not wake or wake > now()) then
    wake = now()
  end
  if wake then
    redis.call('ZADD', DUE, wake, id)
    if wake <= now() then
      hint(id, '')
    end
  end
end

local function own(id, node)
  redis.call('HSET', key('i', id), 'owner', node)
  redis.call('HSET', OWN, id, node)
  redis.call('ZREM', DUE, id)
  if unread(id) then
    redis.call('SADD', MAIL, id)
  end
end

local function disown(id)
  redis.call('HSET', key('i', id), 'owner', '')
  redis.call('HDEL', OWN, id)
  redis.call('SREM', MAIL, id)
  enqueue(id)
end

-- Takes everything from a node. What a slot under way has not brought yet stays for the next time.
local function disownAll(node, orphaned)
  local rest = false
  local owners = redis.call('HGETALL', OWN)
  for n = 1, #owners, 2 do
    local id = owners[n]
    if owners[n + 1] == node then
      if redis.call('EXISTS', key('i', id)) == 1 then
        redis.call('HSET', key('i', id), 'orphaned', orphaned)
        disown(id)
      else
        rest = true
      end
    end
  end
  if not rest then
    redis.call('ZREM', NODES, node)
  end
end

-- Those that ended with a status, by the time of their end.
local function done(status)
  return T .. ':done:' .. status
end

local function record(id)
  return redis.call('HGETALL', key('i', id))
end

local function erase(id)
  local ended = redis.call('HMGET', key('i', id), 'finished', 'status')
  if ended[1] and ended[1] ~= '0' then
    redis.call('ZREM', done(ended[2]), id)
  end
  redis.call('DEL', key('i', id), key('h', id), key('m', id), key('r', id))
  redis.call('HDEL', OWN, id)
  redis.call('SREM', MAIL, id)
  redis.call('ZREM', DUE, id)
  redis.call('ZREM', ALL, id)
end

-- Says whether a right to write is still valid; 'key', 'owner' and 'epoch' in turn.
local function valid(id, first)
  local state = redis.call('HMGET', key('i', id), 'key', 'owner', 'epoch')
  return state[1] == ARGV[first] and state[2] == ARGV[first + 1] and state[3] == ARGV[first + 2]
end

local function consume(id, number)
  local message = redis.call('HGET', key('m', id), 'n' .. number)
  if message then
    local length, rest = string.match(message, '^(%d+):()')
    redis.call('HDEL', key('m', id), 'n' .. number, 'd' .. string.sub(message, rest, rest + length - 1))
  end
end

-- Reads what a turn must know of its instance: 'key', 'owner', 'epoch', 'turn', 'finished', 'generation', 'last', 'status'
-- and 'recoveries' in turn.
local function state(id)
  return redis.call('HMGET', key('i', id), 'key', 'owner', 'epoch', 'turn', 'finished', 'generation', 'last', 'status',
    'recoveries')
end

-- Returns where the list of what a turn sends begins, and what follows the turn, which begins at ARGV[a].
local function ends(a)
  local first = a + 11 + tonumber(ARGV[a + 10])
  return first, first + 1 + tonumber(ARGV[first])
end

-- Writes what a turn changes about its instance, and keeps what it sends to others until that is relayed. 'before' is its
-- state; an instance that nobody has written to ('last' is 0) has no inbox to look after. ARGV[a] and following: progress,
-- status, when it finished (0: not yet), generation, turn, input given, input, history, wake, release, then the number of consumed messages and
-- each, then the number of things to send and each. Returns everything that is to be relayed, or nothing.
local function apply(id, a, before)
  local i = key('i', id)
  local owner, mailed = before[2], before[7] ~= '0'
  if tonumber(ARGV[a + 3]) > tonumber(before[6]) then
    redis.call('DEL', key('h', id))
    redis.call('HSET', i, 'generation', ARGV[a + 3], 'given', ARGV[a + 5], 'input', ARGV[a + 6])
  end
  if ARGV[a + 7] ~= '' then
    redis.call('RPUSH', key('h', id), ARGV[a + 7])
  end
  local consumed = tonumber(ARGV[a + 10])
  for n = 1, consumed do
    consume(id, ARGV[a + 10 + n])
  end
  if before[9] ~= '0' then
    redis.call('HSET', i, 'recoveries', '0')
  end
  if ARGV[a + 2] ~= '0' then
    redis.call('HSET', i, 'progress', ARGV[a], 'status', ARGV[a + 1], 'finished', ARGV[a + 2], 'turn', ARGV[a + 4], 'wake', '',
      'owner', '')
    redis.call('ZADD', done(ARGV[a + 1]), ARGV[a + 2], id)
    if mailed then
      redis.call('DEL', key('m', id), key('r', id))
      redis.call('SREM', MAIL, id)
    end
    redis.call(owner == '' and 'ZREM' or 'HDEL', owner == '' and DUE or OWN, id)
    hint(id, owner)
  else
    if before[8] == ARGV[a + 1] then
      redis.call('HSET', i, 'progress', ARGV[a], 'turn', ARGV[a + 4], 'wake', ARGV[a + 8])
    else
      redis.call('HSET', i, 'progress', ARGV[a], 'turn', ARGV[a + 4], 'wake', ARGV[a + 8], 'status', ARGV[a + 1])
    end
    if owner == '' then
      redis.call('ZREM', DUE, id)
      enqueue(id)
    elseif ARGV[a + 9] == '1' then
      disown(id)
    elseif consumed > 0 and not unread(id) then
      redis.call('SREM', MAIL, id)
    end
  end
  local first, after = ends(a)
  for n = first + 1, after - 1 do
    local number = redis.call('INCR', T .. ':seq')
    redis.call('RPUSH', key('o', id), string.format('%.0f', number) .. ':' .. ARGV[n])
  end
  if after > first + 1 then
    redis.call('ZADD', OUT, 'NX', now(), id)
    return redis.call('LRANGE', key('o', id), 0, -1)
  end
end
