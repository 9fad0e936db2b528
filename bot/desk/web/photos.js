// A photo on its way up is made small enough: what a phone takes is larger than anybody looks at.
const side = 2560;
const light = 3 << 20;

// shrink gives the file itself where it is small, else a JPEG of it; what the browser cannot draw goes up as it is,
// and the program judges it.
export async function shrink(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, side / Math.max(image.width, image.height));
    if (scale === 1 && file.size <= light) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.88));
    return made && made.size < file.size ? made : file;
  } catch {
    return file;
  }
}
