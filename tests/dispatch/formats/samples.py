"""Alerts as agencies of warning might send them; made for these tests from the rules of CAP 1.2."""

FLOOD = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>banjir-2026-0007</identifier>
  <sender>peringatan@sda.example</sender>
  <sent>2026-11-24T16:40:00+07:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <source>Pos pantau uji</source>
  <scope>Public</scope>
  <code>profil:contoh:1.0</code>
  <info>
    <language>id-ID</language>
    <category>Met</category>
    <category>Geo</category>
    <event>Banjir kiriman</event>
    <responseType>Evacuate</responseType>
    <responseType>Monitor</responseType>
    <urgency>Expected</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <eventCode><valueName>uji</valueName><value>BJR</value></eventCode>
    <effective>2026-11-24T16:40:00+07:00</effective>
    <onset>2026-11-24T22:00:00+07:00</onset>
    <expires>2026-11-25T10:00:00+07:00</expires>
    <senderName>Dinas contoh</senderName>
    <headline>Tinggi air Siaga II, tiba di Manggarai dalam enam jam</headline>
    <description>Tinggi air 170 cm &amp; naik.</description>
    <instruction>Pindahkan barang ke tempat tinggi.</instruction>
    <web>https://sda.example/banjir</web>
    <contact>piket</contact>
    <parameter><valueName>tinggi_cm</valueName><value>170</value></parameter>
    <resource><resourceDesc>Peta</resourceDesc><mimeType>image/png</mimeType><size>2048</size><uri>https://sda.example/peta.png</uri></resource>
    <area>
      <areaDesc>Bantaran Ciliwung</areaDesc>
      <polygon>-6.23,106.84 -6.23,106.87 -6.20,106.87 -6.20,106.84 -6.23,106.84</polygon>
      <circle>-6.2102,106.8503 1.5</circle>
      <geocode><valueName>kemendagri</valueName><value>31.74.01.1003</value></geocode>
      <altitude>0</altitude>
      <ceiling>100</ceiling>
    </area>
  </info>
  <info>
    <language>en-US</language>
    <category>Met</category>
    <event>Flood from upstream</event>
    <urgency>Expected</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <expires>2026-11-25T10:00:00+07:00</expires>
    <headline>Water level II, at Manggarai in six hours</headline>
    <area><areaDesc>Banks of the Ciliwung</areaDesc><circle>-6.2102,106.8503 1.5</circle></area>
  </info>
</alert>
"""

WEATHER = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>cuaca.42</identifier>
<sender>cuaca.example</sender><sent>2026-11-24T10:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType>
<scope>Public</scope><info><category>Met</category><event>Hujan lebat</event><urgency>Immediate</urgency>
<severity>Moderate</severity><certainty>Observed</certainty><headline>Hujan lebat disertai petir</headline>
<area><areaDesc>Jakarta Selatan</areaDesc><geocode><valueName>kemendagri</valueName><value>31.74</value></geocode>
</area></info></alert>"""


def referring(kind: str, *, of: str, identifier: str, sent: str, sender: str = "peringatan@sda.example") -> str:
    """An update, a cancellation or another message about an earlier one."""
    info = FLOOD[FLOOD.index("<info>") : FLOOD.index("</alert>")] if kind == "Update" else ""
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>
<sender>{sender}</sender><sent>{sent}</sent><status>Actual</status><msgType>{kind}</msgType><scope>Public</scope>
<note>uji</note><references>{of}</references>{info}</alert>"""


FLOOD_REFERENCE = "peringatan@sda.example,banjir-2026-0007,2026-11-24T16:40:00+07:00"
