/** The page's own, and what each service looks like: its colours in light and in dark, its sizes and distances. */
export const styles = `
*{box-sizing:border-box}
body{margin:0 auto;padding:16px;max-width:1400px;font:15px/1.45 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
h1{font-size:22px;margin:0}h2{font-size:18px;margin:28px 0 8px}h2 small{font-weight:400;opacity:.7}
.about{margin:4px 0;opacity:.8}
.pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:16px;margin-bottom:16px}
@media (max-width:800px){.pair{grid-template-columns:minmax(0,1fr)}}
.pane{min-width:0;overflow-wrap:anywhere;border:1px solid #8884;border-radius:8px;background:var(--page);color:var(--text)}
.pane h4{margin:0 0 2px;font-size:inherit}.pane p{margin:0 0 6px}.pane a{color:var(--link);text-decoration:none}
.pane hr{border:0;border-top:1px solid var(--line);margin:10px 0}
.pane code,.pane pre,.Monospace{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}
.pane pre{margin:4px 0;white-space:pre-wrap}
.face{display:inline-grid;place-items:center;width:36px;height:36px;border-radius:6px;background:#3b5bdb;color:#fff;font-weight:700;flex:none}
.call{background:#f2c74433;color:var(--call);border-radius:3px;padding:0 2px}
.light{color-scheme:light;--page:#fff;--text:#1d1c1d;--dim:#616061;--line:#ddd;--box:#f8f8f8;--link:#1264a3;--code:#c01343;--call:#7a4d00}
.dark{color-scheme:dark;--page:#1a1d21;--text:#d1d2d3;--dim:#ababad;--line:#3a3d42;--box:#222529;--link:#4fb2ea;--code:#e8912d;--call:#f2c744}
.slack{display:flex;gap:10px;padding:14px}.slack h4{font-size:18px;line-height:1.35;margin:4px 0}
.said{min-width:0;flex:1}.app{font-size:10px;background:var(--line);border-radius:2px;padding:1px 3px}
.context{color:var(--dim);font-size:12px}
.slack code{color:var(--code);background:var(--box);border:1px solid var(--line);border-radius:3px;padding:1px 3px}
.slack pre{background:var(--box);border:1px solid var(--line);border-radius:4px;padding:8px}
.teams{padding:14px}
.teams.light{--page:#f5f5f5;--text:#242424;--dim:#616161;--line:#d1d1d1;--card:#fff;--link:#4f52b2;--box:#f5f5f5;--attention:#fdf3f4;--good:#f1faf1;--warning:#fff9f5;--accent:#ebf3fc;--red:#c4314b;--green:#237b4b;--blue:#5b5fc7}
.teams.dark{--page:#1f1f1f;--text:#fff;--dim:#adadad;--line:#4d4d4d;--card:#292929;--link:#a6a7dc;--box:#333;--attention:#3b1519;--good:#0f2e10;--warning:#3d2410;--accent:#12263f;--red:#ff8695;--green:#92c353;--blue:#9299f7}
.teams .from{margin-bottom:6px}.teams .face{border-radius:50%;width:28px;height:28px;font-size:13px;background:#5b5fc7}
.card{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:12px 16px;overflow:hidden;font-size:14px;display:flex;flex-direction:column;gap:8px}
.box{display:flex;flex-direction:column;gap:6px;border-radius:4px}
.box.emphasis,.box.attention,.box.good,.box.warning,.box.accent{padding:10px 12px}
.box.emphasis{background:var(--box)}.box.attention{background:var(--attention)}.box.good{background:var(--good)}.box.warning{background:var(--warning)}.box.accent{background:var(--accent)}
.card>.bleed{margin:-12px -16px 0;padding:12px 16px;border-radius:0}
.card :not(:first-child).tight{margin-top:-5px}.card .line{border-top:1px solid var(--line);padding-top:8px}
.columns{display:flex;gap:10px}.columns>div{min-width:0}
.Small{font-size:12px}.Large{font-size:18px;line-height:1.35}.ExtraLarge{font-size:24px;line-height:1.3}.Bolder{font-weight:700}.subtle{color:var(--dim)}
.Attention{color:var(--red)}.Good{color:var(--green)}.Accent{color:var(--blue)}.Center{text-align:center}
.actions{display:flex;flex-wrap:wrap;gap:8px}.actions details{flex:0 1 auto}.actions details[open]{flex:1 1 100%}
.button{display:inline-block;list-style:none;border:1px solid var(--line);border-radius:4px;padding:4px 12px;font-weight:600;font-size:13px;cursor:pointer;background:var(--card)}
.button a{color:inherit}.actions .box{margin-top:8px}
.mail .head{padding:10px 14px;border-bottom:1px solid var(--line);font-size:13px}
.mail iframe{display:block;width:100%;height:860px;border:0;border-radius:0 0 8px 8px}.mail>pre{padding:14px}
.discord{display:flex;gap:12px;padding:14px}.discord .face{border-radius:50%}
.discord.light{--page:#fff;--text:#313338;--box:#f2f3f5;--link:#0060c4;--line:#e3e5e8;--dim:#5c5e66}
.discord.dark{--page:#313338;--text:#dbdee1;--box:#2b2d31;--link:#00a8fc;--line:#1e1f22;--dim:#b5bac1}
.embed{margin-top:4px;max-width:520px;background:var(--box);border-left:4px solid;border-radius:4px;padding:10px 14px;font-size:14px}
.embed .context{margin:8px 0 0}.discord code{background:var(--line);border-radius:3px;padding:1px 3px}
.discord pre{background:var(--line);border-radius:4px;padding:8px}.discord pre code{padding:0}
.telegram{padding:14px}.telegram.light{--page:#d6e4c9;--card:#fff;--box:#eef2f5;--link:#2678b6}.telegram.dark{--page:#0e1621;--card:#182533;--text:#fff;--box:#0f1a26;--link:#6ab3f3}
.bubble{display:inline-block;max-width:100%;background:var(--card);border-radius:12px 12px 12px 4px;padding:8px 12px;white-space:pre-wrap;font-size:14px}
.bubble pre{background:var(--box);border-radius:6px;padding:6px 8px}
.push{padding:14px}.note{border:1px solid var(--line);border-radius:10px;background:var(--box);padding:12px 14px;font-size:14px}
.note h4{font-size:16px}.note pre{background:var(--page);border-radius:6px;padding:8px}.note code{background:var(--page);border-radius:3px;padding:1px 3px}
.raw{padding:14px;background:var(--box)}
`;
