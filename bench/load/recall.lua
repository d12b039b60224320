-- wrk: the cues of a file in turn ($MBE_CUES, one a line).
local cues = {}
local at = 0
function init()
  for line in io.lines(os.getenv("MBE_CUES")) do cues[#cues + 1] = line end
end
function request()
  at = at % #cues + 1
  return wrk.format("POST", "/v1/recall", nil, '{"cue":"' .. cues[at] .. '","top_k":10}')
end
function done(summary, latency)
  io.write(string.format('{"requests":%d,"us":%d,"errors":%d,"p50_us":%d,"p99_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
