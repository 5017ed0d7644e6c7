declare module "virtual:guide-zh" {
  export const chapters: import("./chapters").Chapter[];
  export const pictures: string[];
}
declare module "virtual:guide-en" {
  export const chapters: import("./chapters").Chapter[];
  export const pictures: string[];
}
