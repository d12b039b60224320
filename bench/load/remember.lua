-- wrk: every request remembers another chat-length text.
local number = 0
function request()
  number = number + 1
  local text = "Somebody said in line " .. number .. " that the trip to the lake is on day " .. number % 31
  return wrk.format("POST", "/v1/remember", nil, '{"text":"' .. text .. '"}')
end
function done(summary, latency)
  io.write(string.format('{"requests":%d,"us":%d,"errors":%d,"p50_us":%d,"p99_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
