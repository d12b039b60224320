"""What was said before comes into the prompt: quick_start.py; $MBE_HOME names the memory."""

from memory_engine import Memory

# [remember]
with Memory() as memory:
    memory.remember("마지막으로 진행했던 프로젝트가 망했다")
    memory.remember("I am allergic to walnuts", kind="fact")
# [/remember]

user_input = "그 프로젝트 어떻게 됐지?"

# [prompt]
from memory_engine.prompt_wrapper import compose_prompt
from memory_engine.cache_manager import update_cache

waypoints = update_cache(user_input)
prompt = compose_prompt(user_input, waypoints)
# [/prompt]
print(waypoints)
print(prompt)
