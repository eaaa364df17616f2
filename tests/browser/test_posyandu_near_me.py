"""On the phone: one press finds the posyandu nearest to where one stands."""


def test_near_me_lists_the_nearest_and_opens_one(visit) -> None:
    page = visit("/posyandu/", phone=True)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": -8.58312, "longitude": 116.11684})
    page.get_by_role("button", name="Dekat saya").click()
    page.wait_for_url("**near=-8.583,116.117")  # to a hundred metres, no nearer
    found = page.locator("h2:has-text('Cari posyandu') ~ ul").first.locator("li")
    kilometres = [float(text.rsplit("·", 1)[1].replace("km", "").replace(",", ".")) for text in found.all_inner_texts()]
    assert kilometres == sorted(kilometres)
    found.first.get_by_role("link").click()
    page.get_by_role("heading", name="Hari buka").wait_for()
