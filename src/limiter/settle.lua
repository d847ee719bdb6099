--[[ Keeps what an answer of Okta says about an allowance, and shuts the allowance on a 429.
  KEYS[1]  hash as in book.lua
  ARGV     limit (calls a window, '' if unknown), closeForMs ('' if the answer was no 429), ttlMs
  Returns  1 if this answer has shut an allowance that was open, else 0 ]]
local limit, closeFor, ttl = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

if limit ~= '' then redis.call('HSET', KEYS[1], 'limit', limit) end
local shut = 0
if closeFor then
  local before = tonumber(redis.call('HGET', KEYS[1], 'closedUntil')) or 0
  local untilMs = math.max(before, now + closeFor)
  redis.call('HSET', KEYS[1], 'closedUntil', string.format('%.0f', untilMs))
  if before <= now then shut = 1 end
end
redis.call('PEXPIRE', KEYS[1], ttl)
return shut
