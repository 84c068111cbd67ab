"""Sidecars as other programs leave them: written by hand after what those programs write."""

LIGHTROOM = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0-c000 1.000000">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
   xmp:Rating="2"
   xmp:MetadataDate="2020-01-01T00:00:00Z"
   photoshop:DateCreated="2019-12-31T23:59:58+01:00"
   exif:DateTimeOriginal="2019-12-31T23:59:58+01:00"
   crs:Version="15.0"
   crs:ToneCurveName2012="a&#xA;b &quot;c&quot; &lt;d&gt; &amp;amp;"
   crs:HasSettings="True">
   <!-- kept -->
   <dc:subject>
    <rdf:Bag>
     <rdf:li>Japan</rdf:li>
     <rdf:li>Kyoto</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <lr:hierarchicalSubject>
    <rdf:Bag>
     <rdf:li>Places|Japan|Kyoto</rdf:li>
     <rdf:li>Places|Japan</rdf:li>
    </rdf:Bag>
   </lr:hierarchicalSubject>
   <dc:title>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">Temple</rdf:li>
     <rdf:li xml:lang="en-GB">Temple</rdf:li>
     <rdf:li xml:lang="de">Tempel</rdf:li>
    </rdf:Alt>
   </dc:title>
   <crs:Look>
    <rdf:Description crs:Name="Adobe Color" xmp:Rating="4">
     <crs:Parameters><crs:Text><![CDATA[x < y & z]]></crs:Text></crs:Parameters>
    </rdf:Description>
   </crs:Look>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""

DARKTABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
    xmlns:darktable="http://darktable.sf.net/"
   exif:DateTimeOriginal="2019:12:31 23:59:58"
   xmp:Rating="1"
   xmpMM:DerivedFrom="IMG_1.CR2"
   darktable:xmp_version="5">
   <darktable:history>
    <rdf:Seq>
     <rdf:li darktable:num="0" darktable:operation="exposure" darktable:params="00000000"/>
    </rdf:Seq>
   </darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""

DIGIKAM = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <r:Description r:about="" xmlns:digiKam="http://www.digikam.org/ns/1.0/">
   <digiKam:TagsList>
    <r:Seq>
     <r:li>Places/Japan/Kyoto</r:li>
     <r:li>Sea</r:li>
    </r:Seq>
   </digiKam:TagsList>
  </r:Description>
  <r:Description r:about="" xmlns:mp="http://ns.microsoft.com/photo/1.0/"
    xmlns:dc="urn:something-else" xmlns:purl="http://purl.org/dc/elements/1.1/">
   <mp:Rating>50</mp:Rating>
   <purl:description>plain words</purl:description>
   <dc:title>not a title</dc:title>
  </r:Description>
 </r:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()
