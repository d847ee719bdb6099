--[[ How many jobs of a queue may be under way at once: as many as Okta takes, and no more than the pace needs.
  KEYS[1]  hash, BullMQ's meta of the queue: its `concurrency` is what holds
  KEYS[2]  hash: taken   how many Okta takes, as far as is known
                 needed  how many the pace needs; it falls a step at a time, as a pace may be slow for a moment only
  KEYS[3]  is there for some time after a refusal, and after a step up
  KEYS[4]  is there for some time after a halving
  ARGV     most (as configured), step, refused (1: Okta has refused a call; else 0), needed ('': as before), calm (ms),
           crowd (ms)
  Returns  {what held ('' if nothing), what holds, what Okta took, what it takes} ]]
local most, step, refused = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local held = redis.call('HGET', KEYS[1], 'concurrency')
local known = redis.call('HMGET', KEYS[2], 'taken', 'needed')
local took = tonumber(known[1]) or most
local taken = math.min(most, took)
local needed = tonumber(known[2]) or most
if ARGV[4] ~= '' then
  needed = math.max(tonumber(ARGV[4]), math.min(most, needed) - step)
  redis.call('HSET', KEYS[2], 'needed', needed)
end

if refused then
  redis.call('SET', KEYS[3], 1, 'PX', ARGV[5])
  if redis.call('SET', KEYS[4], 1, 'PX', ARGV[6], 'NX') then
    taken = math.max(1, math.floor(math.min(taken, needed) / 2))
  end
elseif taken < most and redis.call('SET', KEYS[3], 1, 'PX', ARGV[5], 'NX') then
  taken = math.min(most, taken + step)
end

local holds = math.min(taken, needed)
redis.call('HSET', KEYS[2], 'taken', taken)
if held ~= tostring(holds) then redis.call('HSET', KEYS[1], 'concurrency', holds) end
return {held or '', holds, took, taken}
