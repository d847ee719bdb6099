--[[ Keeps what answers of Okta say about an allowance: its ceiling, its window and what others spend of it, and shuts it
     on a 429.
  KEYS     as in book.lua; of Okta's window KEYS[1] has
             reset     Okta's name for it (epoch s)
             endsAt    when it ends, by Redis' clock (ms): a window after the first call in it fell due
             size      calls, by Okta
             first     the number of the last turn before it
             budget    the number of the last turn that it has room for, if nobody else calls any more
             at        the number of the last turn that told of it
             since, base  when it was first heard of (ms), and what others had spent by then
             seenAt    when the last call that told of it fell due (ms)
             rate      what others spend (calls a ms), prior: what they did in the window before
           and throttled, crowded: how many 429s there were, for the rate and for calls at once
  ARGV     clock (ms; '' is Redis' own), window, spread, ttl (ms), process, waiting, inFlight, then for each answer eight:
           number, life, due (ms) of its turn, limit, remaining, resetIn (ms), reset (epoch s; '' if unknown),
           what: '' or 'crowded' or for how many ms the bucket is shut
  Returns  for each answer 1 if it has shut a bucket that was open, else 0 ]]
local now, window, spread, ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
redis.call('HSET', KEYS[2], ARGV[5], ARGV[6] .. ' ' .. ARGV[7] .. ' ' .. string.format('%.0f', now))

local names = {'life', 'reset', 'endsAt', 'size', 'first', 'budget', 'at', 'since', 'base', 'seenAt', 'rate', 'prior'}
local state = {}
for i, value in ipairs(redis.call('HMGET', KEYS[1], unpack(names))) do state[names[i]] = tonumber(value) end

-- Others' calls in the window so far.
local function theirs() return math.max(0, state.size + state.first - state.budget) end

local function open(number, due, limit, remaining, resetIn, reset)
  local follows = state.endsAt and math.abs(due - state.endsAt) < window / 10
  state.prior = state.rate
  state.reset, state.size, state.first, state.budget, state.at = reset, limit, number - 1, remaining + number, number
  state.endsAt, state.since, state.base = due + window, due, 0
  if not follows then
    -- Begun before Portage called: of what was spent by then nobody knows when. Both headers are whole seconds.
    if resetIn then state.endsAt = math.min(state.endsAt, now + resetIn + 1000) end
    state.base = theirs()
  end
  state.seenAt = due
end

local function see(number, due, limit, remaining, resetIn, reset)
  local overtaking = 1 + limit * spread / window
  if not state.reset or reset > state.reset + 1 then
    open(number, due, limit, remaining, resetIn, reset)
  elseif reset < state.reset - 1 then
    return -- an answer of an earlier window
  else
    state.endsAt = math.min(state.endsAt, due + window)
    if resetIn and due + resetIn > state.endsAt + spread + 1000 then
      -- By Okta it goes on when it is over here: the clock was set forward, and the others' calls are timed anew.
      state.endsAt = math.min(due + window, now + resetIn + 1000)
      state.since, state.base, state.prior = due, theirs(), state.rate
    end
    state.first = math.min(state.first, number - 1)
    if limit ~= state.size and number > state.at then
      -- Okta has changed the ceiling: the difference is nobody's calls. Older answers are put in terms of the new one.
      state.budget = state.budget + limit - state.size
      state.size = limit
    end
    -- Calls overtake one another on their way: of what they say the mean is right, and each is off by no more than
    -- that. What was known before others called since says nothing.
    if number > state.at - overtaking then
      local says = remaining + number + state.size - limit
      state.budget = math.min(state.budget + (says - state.budget) / 4, says + overtaking)
      state.at = math.max(state.at, number)
    end
    state.seenAt = math.max(state.seenAt, due)
  end
  -- As if they had kept the rate of the window before for a sixth of this one.
  local weight = window / (state.prior and 6 or 30)
  local surely = math.max(0, theirs() - state.base - overtaking)
  state.rate = ((state.prior or 0) * weight + surely) / (weight + state.seenAt - state.since)
end

local known = tonumber(redis.call('HGET', KEYS[1], 'limit'))
local shut = {}
for i = 8, #ARGV, 8 do
  local number, life, due, limit = tonumber(ARGV[i]), tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  local remaining, resetIn, reset = tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5]), tonumber(ARGV[i + 6])
  local what, closes = ARGV[i + 7], 0
  -- A 429 may be the whole org's: it says nothing of what this token has.
  if limit and (what == '' or not known or limit < known) then
    known = limit
    redis.call('HSET', KEYS[1], 'limit', limit)
  end
  -- That of the org's bucket says nothing of the window of a token that has less.
  local own = limit and limit == known
  if own and remaining and reset and life == state.life then see(number, due, limit, remaining, resetIn, reset) end
  if what == 'crowded' then
    redis.call('HINCRBY', KEYS[1], 'crowded', 1)
  elseif what ~= '' then
    redis.call('HINCRBY', KEYS[1], 'throttled', 1)
    local before = tonumber(redis.call('HGET', KEYS[1], 'closedUntil')) or 0
    if before <= now then closes = 1 end
    redis.call('HSET', KEYS[1], 'closedUntil', string.format('%.0f', math.max(before, now + tonumber(what))))
  end
  table.insert(shut, closes)
end
for _, name in ipairs(names) do
  if state[name] and name ~= 'life' then redis.call('HSET', KEYS[1], name, string.format('%.9f', state[name])) end
end
redis.call('PEXPIRE', KEYS[1], ttl)
redis.call('PEXPIRE', KEYS[2], ttl)
return shut
