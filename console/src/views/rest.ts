/* What the first view does not need: one script, which comes as soon as the browser has nothing else to do. */
export { HelpDrawer } from './HelpDrawer';
export { HelpPage } from './HelpPage';
export { LargeDialog } from './LargeDialogs';
export { ServicePage } from './service/ServicePage';
export { Diagnostics } from './tabs/Diagnostics';
export { General } from './tabs/General';
export { Monitoring } from './tabs/Monitoring';
export { Notifications } from './tabs/Notifications';
