--[[ Books the next free turn of an allowance that the whole fleet shares: turns are evenly spaced, without
     a burst, on Redis' own clock.
  KEYS[1]  hash: nextAt (ms, when the next turn falls due), closedUntil (ms), limit (calls a window, by Okta)
  ARGV     calls a window at most, spanMs to spread them over, horizonMs (book nothing farther ahead), ttlMs of an idle allowance
  Returns  {booked (1 or 0), waitMs until the turn, or until it is worth asking again} ]]
local most, span, horizon, ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local state = redis.call('HMGET', KEYS[1], 'nextAt', 'closedUntil', 'limit')
local closedUntil = tonumber(state[2]) or 0
if closedUntil > now then return {0, math.ceil(closedUntil - now)} end

-- Okta's own word counts where it is less than what was configured: a token has half of a bucket by default.
local interval = span / math.min(most, tonumber(state[3]) or most)

-- A lost state may have had turns booked up to the horizon: start behind them. What is farther ahead than any
-- turn can be was written before the clock was set back.
local latest = now + horizon + interval
local nextAt = math.min(tonumber(state[1]) or latest, latest)
if nextAt == latest then redis.call('HSET', KEYS[1], 'nextAt', string.format('%.3f', nextAt)) end
local due = math.max(nextAt, now)
if due - now > horizon then return {0, math.ceil(due - now - horizon)} end

redis.call('HSET', KEYS[1], 'nextAt', string.format('%.3f', due + interval))
redis.call('PEXPIRE', KEYS[1], ttl)
return {1, math.ceil(due - now)}
