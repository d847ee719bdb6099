--[[ Books the next turns of an allowance that the whole fleet shares: evenly spaced, on Redis' own clock.
  KEYS[1]  hash, the state:
             life      when this state began (ms)           number    turns booked in this life
             last      when the last of them falls due (ms) promised  the number of the last turn that is promised
             pushed    when `last` was put off for a lost connection (ms)
             limit     calls a window, by Okta's last answer
             reset, endsAt, first, budget, seenAt, rate, ...: Okta's window, see settle.lua
             closedUntil  after a 429 (ms)
  KEYS[2]  hash: process -> "waiting inFlight at(ms)"
  ARGV     clock (ms; '' is Redis' own), start and most (calls a window: by the configuration, and whatever Okta says),
           window, spread, lag, ttl (ms), wanted (turns; 0 only looks, and writes nothing), place (the number of the turn
           that it was promised, or 0), lost (how long ago its connection was, if since it booked last; '' if not; ms),
           process, waiting, inFlight, gone (a process that has not asked for so long is forgotten, ms)
  Returns  {booked, cause, wait (ms until the first of them, or until it is worth asking again), gap (ms between two),
            number, life, due (ms, of the first)}, all but the first three only when something was booked; who is refused
            for the line: its place for the fourth ]]
local clock, start, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window, spread, lag, ttl = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local wanted, place, lost = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local looks = wanted == 0
local now = clock
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
local function write(...) if not looks then redis.call('HSET', KEYS[1], ...) end end
local function ms(value) return string.format('%.3f', value) end
local function whole(value) return string.format('%.0f', value) end

local read = redis.call('HMGET', KEYS[1], 'life', 'number', 'last', 'promised', 'limit', 'endsAt', 'budget', 'seenAt',
  'rate', 'closedUntil', 'pushed', 'first')
local life, number, last, promised = tonumber(read[1]), tonumber(read[2]) or 0, tonumber(read[3]), tonumber(read[4]) or 0
local limit, endsAt, budget = tonumber(read[5]), tonumber(read[6]), tonumber(read[7])
local seenAt, rate, closedUntil = tonumber(read[8]), tonumber(read[9]) or 0, tonumber(read[10]) or 0
local pushed, first = tonumber(read[11]) or 0, tonumber(read[12]) or 0

-- The shortest gap: then no window holds more calls than it may, if their ways differ by no more than the spread.
local shortest = (window + spread) / math.min(most, limit or start)
-- How far ahead turns of such a gap are booked: no farther, so that a lost state has lost little, see README.md.
local function reach(gap) return math.max(200, math.min(math.max(300, 6.5 * gap), 750 - gap)) end
local horizon = reach(shortest)
-- How far ahead anybody can have booked, whatever Okta's limit was then: no gap reaches farther than 100 ms.
local farthest = reach(math.max(100, (window + spread) / most))
-- What one process holds at most.
local batch = math.max(1, math.floor(horizon / 4 / shortest + 0.5))

if not life then
  life = math.floor(now)
  last = now + farthest
  write('life', whole(life), 'last', ms(last))
elseif lost and not (pushed >= now - lost and pushed <= now) then
  last = now + farthest + lag
  write('last', ms(last), 'pushed', ms(now))
elseif last > now + farthest + lag then
  -- Farther ahead than can be: the clock was set back.
  last = now + farthest
  write('last', ms(last))
end
if endsAt and endsAt > now + window + lag then budget = nil end
if closedUntil > now + window + 2 * lag then
  closedUntil = now + window
  write('closedUntil', ms(closedUntil))
end
if not looks then
  local isNew = redis.call('HSET', KEYS[2], ARGV[11], ARGV[12] .. ' ' .. ARGV[13] .. ' ' .. whole(now)) == 1
  local fields = isNew and redis.call('HGETALL', KEYS[2]) or {}
  for i = 1, #fields, 2 do
    local at = tonumber(string.match(fields[i + 1], '%d+$'))
    if at < now - ARGV[14] then redis.call('HDEL', KEYS[2], fields[i]) end
  end
  redis.call('PEXPIRE', KEYS[1], ttl)
  redis.call('PEXPIRE', KEYS[2], ttl)
end

if closedUntil > now then return {0, 'closed', ms(math.max(1, closedUntil - now))} end

local gap, cause = shortest, 'ceiling'
-- The call that opened the window may have been so much longer on its way than the one that is booked here.
local over = endsAt and endsAt + spread
if budget and over > math.max(last, now) then
  -- What others will take of this window: as much as they have lately, and a little more.
  local theirs = rate * math.max(0, over - seenAt)
  theirs = theirs + math.min(1, theirs) + 1.5 * math.sqrt(theirs)
  local left = budget + 1 - number
  if left < 1 then return {0, 'used-up', ms(over - now + 1)} end
  if left - theirs < 1 then
    -- Others may yet take less than that; only a call can tell. One in a tenth of a window is made where they would fill
    -- the bucket by themselves; else Portage has had its part. The call that opened the window told nothing of a rate.
    local again = last + window / 10 - now
    local hadPart = budget - first >= theirs and number - first > 1
    if looks or left < 2 or hadPart or again > 0 then
      return {0, 'others', ms(math.max(1, math.min(over - now, again > 0 and again or window / 10)))}
    end
    cause, wanted = 'others', 1
  else
    local even = (over - math.max(last, now)) / (left - theirs)
    if even > shortest then gap = even end
    if even > shortest and theirs >= 1 then cause = 'others' end
    wanted = math.min(wanted, math.floor(left - theirs))
  end
end
if looks then return {0, cause, '0', ms(gap)} end

local latest = now + horizon
local due = math.max(last + gap, now)
-- Nobody has come for the next turn: what was promised is void, and all have turns as they come.
if promised < number or last + gap < now then promised = number end
-- Who comes back for what it was promised goes before all who are still to be promised something.
local before = place > 0 and 0 or promised - number
if due + before * gap > latest then
  -- Promised the turns behind all that others have been promised, and told when those can be booked.
  if place == 0 then
    promised = promised + math.min(wanted, batch, 1 + math.floor(horizon / 4 / gap))
    place = promised
    write('promised', whole(promised))
  end
  place = math.min(place, promised)
  local mine = due + math.max(0, place - number - 1) * gap
  return {0, 'line', ms(math.max(1, mine - latest)), whole(place)}
end
local booked = math.min(wanted, batch, 1 + math.floor((latest - due) / gap))
write('last', ms(due + (booked - 1) * gap), 'number', whole(number + booked), 'promised', whole(promised))
return {booked, cause, ms(due - now), ms(gap), whole(number + 1), whole(life), ms(due)}
