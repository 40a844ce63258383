using System.Diagnostics;
using System.Text;
using CsCheck;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Plugin.Tests.Privacy;

public sealed class PersonalDataScrubberTests
{
    private static readonly PersonalDataScrubber _named = new(["Jane Doe", "Doe", "Контора", "Card", "Zoë*"]);

    [Theory]
    [InlineData("write to jane.o'neil+news@mail.example.co.uk today", "write to [email] today")]
    [InlineData("(jürgen@bücher.de)", "([email])")]
    [InlineData("a@b.co,c@d.org;mailto:e@f.museum.", "[email],[email];mailto:[email].")]
    [InlineData("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ", "[email]")]
    [InlineData("jane\u200b@exam\u00adple.org", "[email]")]
    public void Email_addresses_become_placeholders(string text, string scrubbed) => Assert.Equal(scrubbed, Scrub(text));

    [Theory]
    [InlineData("call +44 20 7946 0958 now", "call [phone] now")]
    [InlineData("call +1 (415) 555-2671.", "call [phone].")]
    [InlineData("call 415-555-2671 or (415) 555-2671", "call [phone] or [phone]")]
    [InlineData("call 030 901820 99 oder 0171/1234567", "call [phone] oder [phone]")]
    [InlineData("00493012345678", "[phone]")]
    [InlineData("my tel: 4155552671, or text me at 5552671", "my tel: [phone], or text me at [phone]")]
    [InlineData("+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨", "[phone]")]
    [InlineData("+44\u00a020\u00a07946\u20110958", "[phone]")]
    public void Phone_numbers_become_placeholders(string text, string scrubbed) => Assert.Equal(scrubbed, Scrub(text));

    [Theory]
    [InlineData("card 4111 1111 1111 1111 exp 12/29", "card [card] exp 12/29")]
    [InlineData("card 378282246310005", "card [card]")]
    [InlineData("amex 3782-822463-10005", "amex [card]")]
    [InlineData("order 12 4111 1111 1111 1111 2", "order 12 [card] 2")]
    [InlineData("４１１１ １１１１ １１１１ １１１１", "[card]")]
    [InlineData("𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏", "[card]")]
    [InlineData("pay GB82 WEST 1234 5698 7654 32 please", "pay [iban] please")]
    [InlineData("BE68 5390 0754 7034 from my account", "[iban] from my account")]
    [InlineData("DE89370400440532013000", "[iban]")]
    [InlineData("id AB12 then DE89-3704-0044-0532-0130-00.", "id AB12 then [iban].")]
    public void Payment_numbers_become_placeholders(string text, string scrubbed) => Assert.Equal(scrubbed, Scrub(text));

    [Theory]
    [InlineData("ping 192.168.0.17, then fe80::1ff:fe23:4567:890a.", "ping [ip], then [ip].")]
    [InlineData("2001:db8::1 and fe80::1 and http://[2001:db8:0:0:0:0:0:1]:80/", "[ip] and [ip] and http://[[ip]]:80/")]
    [InlineData("::ffff:192.0.2.128 10.0.0.1:8080", "[ip] [ip]:8080")]
    public void Internet_addresses_become_placeholders(string text, string scrubbed) => Assert.Equal(scrubbed, Scrub(text));

    [Theory]
    [InlineData("my SSN is 078-05-1120 ok", "my SSN is [national-id] ok")]
    [InlineData("social security: 078051120", "social security: [national-id]")]
    [InlineData("NINO AB 12 34 56 C", "NINO [national-id]")]
    [InlineData("NHS number 943 476 5919", "NHS number [national-id]")]
    [InlineData("Steuer-ID 86 095 742 719 and IdNr. 47036892816", "Steuer-ID [national-id] and IdNr. [national-id]")]
    [InlineData("NIR 2 55 08 14 168 025 38", "NIR [national-id]")]
    [InlineData("DNI 12345678Z, NIE X1234567L", "DNI [national-id], NIE [national-id]")]
    [InlineData("BSN 111222333", "BSN [national-id]")]
    [InlineData("CF RSSMRA85T10A562S", "CF [national-id]")]
    [InlineData("PESEL 44051401359", "PESEL [national-id]")]
    [InlineData("CPF 529.982.247-25", "CPF [national-id]")]
    [InlineData("NN 85.07.30-033.28", "NN [national-id]")]
    [InlineData("personnummer 811228-9874", "personnummer [national-id]")]
    [InlineData("HETU 131052-308T", "HETU [national-id]")]
    [InlineData("AHV 756.9217.0769.85", "AHV [national-id]")]
    [InlineData("social insurance number: 130 692 544", "social insurance number: [national-id]")]
    [InlineData("2341 2341 2346", "[national-id]")]
    public void National_identity_numbers_become_placeholders(string text, string scrubbed) => Assert.Equal(scrubbed, Scrub(text));

    [Theory]
    [InlineData("key sk-proj-abcdefghijklmnopqrstuvwx here", "key [secret] here")]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ012345", "[secret]")]
    [InlineData("github_pat_11ABCDEFG0123456789_abcdefghij", "[secret]")]
    [InlineData("xoxb-123456789012-abcdefghijkl", "[secret]")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[secret]")]
    [InlineData("AIzaSyA-0123456789abcdefghijklmnopqrstu", "[secret]")]
    [InlineData("Authorization: Bearer abcdef0123456789.abcdef", "Authorization: Bearer [secret]")]
    [InlineData("my password: hunter2hunter2", "my password: [secret]")]
    [InlineData("\"api_key\": \"0123456789abcdef\"", "\"api_key\": \"[secret]\"")]
    [InlineData("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=[secret]")]
    [InlineData("postgres://app:s3cret@db:5432/x", "postgres://[secret]@db:5432/x")]
    [InlineData("t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N t", "t [secret] t")]
    [InlineData("a\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEow+/=\nAAAA\n-----END RSA PRIVATE KEY-----\nb", "a\n[secret]\nb")]
    [InlineData("cut: -----BEGIN PRIVATE KEY-----\nMIIEow", "cut: [secret]")]
    public void Secrets_become_placeholders(string text, string scrubbed) => Assert.Equal(scrubbed, Scrub(text));

    [Theory]
    [InlineData("JANE  doe's and Jane-Doe; doe, not Doer", "[name]'s and [name]; [name], not Doer")]
    [InlineData("контора, Zoë and Zoëlein", "[name], [name] and [name]")]
    [InlineData("A card: 4111 1111 1111 1111", "A [name]: [card]")]
    public void Listed_names_become_placeholders(string text, string scrubbed) => Assert.Equal(scrubbed, _named.Scrub(text));

    [Theory]
    [InlineData("mix 500 g flour, 3.5 eggs and 1/2 cup")]
    [InlineData("on 2024-01-15 at 12:30:45, or 01/02/2024, or 01.02.2024 10:15")]
    [InlineData("order 1234567890123456 is not a card: its check digit is wrong")]
    [InlineData("version 10.0.401 since 1990-2000; pi is 3.14159265358979")]
    [InlineData("version 999.300.1.2, v1.2.3.4, version 10.0.0.1")]
    [InlineData("GB82 WEST 1234 5698 7654 33 fails its check")]
    [InlineData("std::vector<int> a; x ? b : c; ratio 16:9; a::b::c; dead::beef")]
    [InlineData("the password must be long; tokens are counted")]
    [InlineData("2019 2020 2021 2022 2023 2024 2025 2026 2027 2028")]
    [InlineData("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16")]
    [InlineData("costs $1,299.00 or 12 345 678 kr, 1 234 567,89 EUR, 100000000")]
    [InlineData("at 1700000000000 ms; commit 8fbe989c0d1e; 550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("for (int i = 0; i < 1000; i++) sum += a[i] * 31; // @param x; user@localhost")]
    [InlineData("ISBN 978-3-16-148410-0, 9783161484100; ISO 27001:2022; RFC 2119; IPv6; 10-4")]
    [InlineData("the bearer responsibilities; git@github; sk-learn; C3PO; B2B; call 911; text 123")]
    [InlineData("100 000 000 people, 046454286, 111222333, 9434765919 and 86095742719 without a word before them")]
    public void Ordinary_text_is_left_alone(string text) => Assert.Same(text, Scrub(text));

    [Fact]
    public void Scrubbing_scrubbed_text_changes_nothing() =>
        Gen.OneOf(
                Gen.String[Gen.Char["0123456789 +-./():abcXYZ@_=,\u200b\uff11\u0663[]"], 0, 60],
                AnyOf(
                        " ", "4111 1111 1111 1111", "jane@x.org", "bsn ", "111222333", "password=", "[email]", "[", "]", "Doe", "card", "-", "+44 20 7946 0958",
                        "078-05-1120", "10.0.0.1", "fe80::1", "sk-0123456789abcdefgh", "DE89370400440532013000", "call ", "5552671", "\ud800", "\u200b", "://a:b@")
                    .Array[0, 12].Select(string.Concat),
                Gen.Select(Gen.String[0, 20], Gen.Int[0, 99999999]).Select((text, number) => $"{text} password={number} 4111 1111 1111 1111 {text}@x.org"))
            .Sample(text =>
            {
                string once = _named.Scrub(text);
                return _named.Scrub(once) == once;
            });

    [Fact]
    public void What_stands_beside_a_number_does_not_hide_it() =>
        Gen.Select(
                AnyOf("4111 1111 1111 1111", "jane@example.org", "+44 20 7946 0958", "DE89370400440532013000", "078-05-1120", "2001:db8::1:2:3"),
                Gen.String[Gen.Char["\t\n ,;(){}<>\"ßЖ漢\ud83d"], 1, 20],
                Gen.String[Gen.Char["\t\n ,;(){}<>\"\ud83d"], 1, 20])
            .Sample((secret, before, after) => !Scrub($"{before} {secret} {after}").Contains(secret, StringComparison.Ordinal));

    [Fact]
    public void Text_around_a_placeholder_stays_as_it_was_whatever_its_unicode() =>
        Gen.Select(Gen.String[Gen.Char, 0, 40], Gen.String[Gen.Char, 0, 40]).Sample((before, after) =>
        {
            string scrubbed = Scrub($"{before} (jane@example.org) {after}");
            return scrubbed.Contains("([email])", StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("a")]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("4111 ")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("a.")]
    [InlineData("a@")]
    [InlineData("@a.")]
    [InlineData("password=")]
    [InlineData("eyJ-")]
    [InlineData("AB12 ")]
    [InlineData("0:")]
    [InlineData("10.")]
    [InlineData("+1 ")]
    [InlineData("call me ")]
    [InlineData("\u200b1")]
    [InlineData("\ud800")]
    [InlineData("jane@example.org ")]
    public void Hostile_repetition_takes_no_hostile_time(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 100_000 / unit.Length));
        Stopwatch watch = Stopwatch.StartNew();
        Scrub(text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"took {watch.Elapsed}");
    }

    [Fact]
    public void A_long_text_takes_milliseconds()
    {
        StringBuilder text = new();
        while (text.Length < 65_536)
            text.Append("In 2024 the committee of 12 met at 10:30 and agreed on 3.5 % of $1,200; see https://example.org/a?b=c#d (page 7). ");
        string prose = text.Append("jane@example.org").ToString();
        _named.Scrub(prose);
        Stopwatch watch = Stopwatch.StartNew();
        _named.Scrub(prose);
        Assert.True(watch.Elapsed < TimeSpan.FromMilliseconds(400), $"took {watch.Elapsed}");
    }

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Scrub(string text) => PersonalDataScrubber.Default.Scrub(text);
}
