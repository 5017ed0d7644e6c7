/** The dialog of fields, as journeys use it. */
export const dialog = (page) => page.locator(".field-dialog");

/** Saves it. */
export async function saved(page) {
  await dialog(page).locator(".ant-btn-primary").click();
  await dialog(page).waitFor({ state: "detached" });
}

/** Opens it for a new field, with its name and kind. */
export async function newField(page, name, kind) {
  await page.locator("[data-command=columns]").click();
  await page.locator(".picker-foot .link").first().click();
  await dialog(page).locator(".field-names input").first().fill(name);
  await dialog(page)
    .locator(".kind")
    .filter({ has: page.getByText(kind, { exact: true }) })
    .click();
}
