declare module 'virtual:help' {
  const sections: { id: string; page: string; title: string; html: string; text: string }[];
  export default sections;
}
