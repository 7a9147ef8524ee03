const sans = 'font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
const mono = 'font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace';
const breaking = 'word-break:break-word;overflow-wrap:anywhere';

/** Mail programs drop style sheets more often than styles, so these stand in every element. */
export const styles = {
  red: '#c4314b',
  amber: '#b26a00',
  green: '#237b4b',
  blue: '#3b5bdb',
  plain: '#5c6370',
  page: `margin:0;padding:16px 0;background:#f3f4f6;color:#1f2328;${sans};font-size:15px;line-height:1.45`,
  preheader: 'display:none;max-height:0;overflow:hidden;mso-hide:all',
  card: `width:600px;max-width:600px;background:#ffffff;${sans};table-layout:fixed`,
  head: 'padding:20px 24px 8px',
  title: `margin:0 0 4px;font-size:20px;line-height:1.3;${breaking}`,
  dim: `color:#5c6370;font-size:13px;${breaking}`,
  strip: 'padding:12px 24px',
  number: 'font-size:26px;font-weight:700;line-height:1.2',
  around: 'padding:8px 24px',
  failure: `padding:12px 16px;background:#fdf1f2;border:1px solid #e9b8bf;${breaking}`,
  failed: 'color:#c4314b;font-weight:700;font-size:16px',
  text: `padding:2px 0;${breaking}`,
  strong: `padding:2px 0;font-weight:700;${breaking}`,
  hint: `padding:2px 0;color:#5c6370;${breaking}`,
  log: `margin:8px 0 0;padding:8px;background:#f3f4f6;${mono};font-size:12px;white-space:pre-wrap;${breaking}`,
  heading: 'margin:8px 0 0;font-size:15px',
  rows: 'padding:0 24px 8px',
  left: `padding:8px 8px 8px 0;border-top:1px solid #e1e4e8;vertical-align:top;${breaking}`,
  right: `padding:8px 0;border-top:1px solid #e1e4e8;vertical-align:top;${breaking}`,
  version: `${mono};font-size:13px;display:inline-block;max-width:100%`,
  link: 'color:#3b5bdb',
  more: `padding:0 24px 8px;color:#5c6370;font-size:13px`,
  foot: `padding:12px 24px 20px;border-top:1px solid #e1e4e8;color:#5c6370;font-size:12px;${breaking}`,
};

/** For dark screens and narrow ones. */
export const dark = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#16181d!important;color:#e6e8eb!important}
.card{background:#1f2228!important;color:#e6e8eb!important}
.failure{background:#2e1e22!important;border-color:#6b2f3a!important}
.log{background:#16181d!important;color:#e6e8eb!important}
.line{border-color:#343941!important}
.dim,.plain{color:#a0a7b4!important}
.red{color:#ff8b9a!important}
.green{color:#6fd39b!important}
.blue,.link{color:#9db2ff!important}
}
@media (max-width:620px){
.card{width:100%!important}
.pad{padding-left:16px!important;padding-right:16px!important}
}
@media (max-width:480px){
.cell{display:block!important;text-align:left!important}
.cell+.cell{border-top:0!important;padding-top:0!important}
}
`;
