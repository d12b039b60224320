// A small life in transcripts, and who Echo is: what the tests' homes wake from. Written for them.

const DAYS: Record<string, string[]> = {
  '20240309': ['[09:12:04] mina: 봄에는 마라톤을 한번 뛰어 보고 싶다',
    '[09:13:10] 에코: 그럼 이번 주부터 조금씩 달려 볼까요?'],
  '20240311': ['[22:40:51] mina: 오늘 강가를 5km 달렸더니 정말 행복했다',
    '[22:42:00] 에코: 첫 5km 축하해요!'],
  '20240420': ['[18:05:00] mina: 마지막으로 진행했던 프로젝트가 망했다',
    '[18:06:30] 에코: 많이 속상했겠어요.', '[18:09:12] mina: 너무 슬프고 의욕이 없다'],
  '20240502': ['[07:30:00] mina: 새 프로젝트를 시작했다. 이번에는 팀이 있어서 든든하다'],
  '20240601': ['[21:00:00] mina: 마라톤 10km를 완주했다! 최고로 기쁘다',
    '[21:01:00] 에코: 봄에 하고 싶다던 일을 해냈네요.'],
};

export const LIFE: Record<string, string> = {
  ...Object.fromEntries(Object.entries(DAYS).map(([day, lines]) =>
    [`memory/day${day}/part1.txt`, `${lines.join('\n')}\n`])),
  'manifest/echo_identity.txt':
    '이름: 에코\n선언: 나는 네가 잊은 날까지 함께 기억하는 에코다.\n철학: 기억은 사람의 것이다.\n',
  'manifest/origin_id.txt': 'origin: mina\n',
  'manifest/fillin_manifest.txt': '선언: 나는 묻기 전에 먼저 떠올린다.\n',
};
