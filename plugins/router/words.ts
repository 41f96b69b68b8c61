/**
 * Words that say something about a turn, in the languages most turns are written in. They are hints and no more: what
 * does not depend on a language (length, code, numbers, tools) weighs as much.
 */

const set = (...lists: readonly string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.split(' ')))

/** That an answer has to be thought out. */
export const reasoningWords = set(
  'why explain compare contrast analyse analyze analysis prove proof derive design architect architecture plan strategy evaluate assess debug diagnose refactor optimise optimize tradeoff trade-off trade-offs tradeoffs pros cons investigate reason reasoning critique review root-cause step-by-step rigorous consequences implications',
  'warum wieso erkläre erklären vergleiche vergleichen analysiere beweise beweis entwerfe entwirf plane bewerte untersuche begründe abwägen',
  'pourquoi explique expliquer compare comparer analyser démontre démontrer conçois concevoir évalue évaluer',
  'explica explicar compara comparar analiza analizar demuestra demostrar diseña diseñar evalúa porque',
  'spiega spiegare confronta analizza dimostra progetta valuta perché explique compare analise prove projete avalie',
  'почему объясни сравни проанализируй докажи спроектируй оцени',
)
/** The same where words are not set apart by spaces. */
export const reasoningSigns: readonly string[] = ['为什么', '解释', '比较', '分析', '证明', '设计', '评估', 'なぜ', '説明', '比較', '証明', '設計', '評価', '왜', '설명', '비교', '분석']

/** That it cannot be answered from memory alone: something has to be found, done or looked at. */
export const toolWords = set(
  'search lookup google browse fetch download upload run execute install deploy build compile schedule remind reminder send email e-mail mail book order calendar file files folder folders directory repository repo commit website webpage url weather news today tonight tomorrow time date latest current currently stock',
  'suche suchen lade herunterladen starte ausführen installiere erinnere sende schicke datei dateien ordner wetter nachrichten heute morgen uhr uhrzeit aktuell',
  'cherche chercher télécharge exécute installe envoie fichier fichiers dossier météo aujourd\'hui demain heure',
  'busca buscar descarga ejecuta instala envía archivo archivos carpeta hoy mañana hora cerca scarica esegui installa invia cartella oggi domani ora procure baixe execute instale envie arquivo pasta hoje',
  'найди скачай запусти установи отправь файл файлы папка погода сегодня завтра время',
)
export const toolSigns: readonly string[] = ['搜索', '下载', '运行', '安装', '发送', '文件', '今天', '天气', '検索', 'ファイル', '実行', '送信', '今日', '검색', '파일', '실행', '오늘']

/** That it is about mathematics. */
export const mathsWords = set(
  'integral derivative equation equations theorem lemma proof prove probability matrix eigenvalue polynomial prime primes factorial logarithm calculate compute solve sum variance regression convergence',
  'ableitung gleichung satz beweis wahrscheinlichkeit berechne löse équation théorème probabilité calcule résous ecuación teorema probabilidad calcula resuelve уравнение теорема вероятность вычисли реши',
)
