using System.Diagnostics;
using CsCheck;
using Unlearning.Host.Incidents;

namespace Unlearning.Host.Tests.Incidents;

public sealed class PersonalDataScrubberTests
{
    [Theory]
    [InlineData("write to jane.o'neil+news@mail.example.co.uk today", "write to [email] today")]
    [InlineData("(jürgen@bücher.de)", "([email])")]
    [InlineData("call +44 20 7946 0958 now", "call [phone] now")]
    [InlineData("call +1 (415) 555-2671.", "call [phone].")]
    [InlineData("call 415-555-2671 or (415) 555-2671", "call [phone] or [phone]")]
    [InlineData("call 030 901820 99 oder 0171/1234567", "call [phone] oder [phone]")]
    [InlineData("00493012345678", "[phone]")]
    [InlineData("card 4111 1111 1111 1111 exp 12/29", "card [card] exp 12/29")]
    [InlineData("card 378282246310005", "card [card]")]
    [InlineData("pay GB82 WEST 1234 5698 7654 32 please", "pay [iban] please")]
    [InlineData("BE68 5390 0754 7034 from my account", "[iban] from my account")]
    [InlineData("DE89370400440532013000", "[iban]")]
    [InlineData("ping 192.168.0.17, then fe80::1ff:fe23:4567:890a.", "ping [ip], then [ip].")]
    [InlineData("key sk-proj-abcdefghijklmnopqrstuvwx here", "key [secret] here")]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ012345", "[secret]")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[secret]")]
    [InlineData("Authorization: Bearer abcdef0123456789.abcdef", "Authorization: Bearer [secret]")]
    [InlineData("my password: hunter2hunter2", "my password: [secret]")]
    [InlineData("\"api_key\": \"0123456789abcdef\"", "\"api_key\": \"[secret]\"")]
    public void Personal_data_and_secrets_become_placeholders(string text, string scrubbed) =>
        Assert.Equal(scrubbed, PersonalDataScrubber.Scrub(text));

    [Theory]
    [InlineData("mix 500 g flour, 3.5 eggs and 1/2 cup")]
    [InlineData("on 2024-01-15 at 12:30:45, or 01/02/2024")]
    [InlineData("order 1234567890123456 is not a card: its check digit is wrong")]
    [InlineData("version 10.0.401 since 1990-2000; pi is 3.14159265358979")]
    [InlineData("version 999.300.1.2")]
    [InlineData("GB82 WEST 1234 5698 7654 33 fails its check")]
    [InlineData("std::vector<int> a; x ? b : c; ratio 16:9")]
    [InlineData("the password must be long; tokens are counted")]
    public void Ordinary_text_is_left_alone(string text) => Assert.Equal(text, PersonalDataScrubber.Scrub(text));

    [Fact]
    public void Scrubbing_scrubbed_text_changes_nothing() =>
        Gen.OneOf(
                Gen.String[Gen.Char["0123456789 +-./():abcXYZ@_=,"], 0, 60],
                Gen.Select(Gen.String[0, 20], Gen.Int[0, 99999999]).Select((text, number) => $"{text} password={number} 4111 1111 1111 1111 {text}@x.org"))
            .Sample(text =>
            {
                string once = PersonalDataScrubber.Scrub(text);
                return PersonalDataScrubber.Scrub(once) == once;
            });

    [Theory]
    [InlineData("a")]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("a.")]
    [InlineData("password=")]
    [InlineData("AB12 ")]
    [InlineData("0:")]
    public void Hostile_repetition_takes_no_hostile_time(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 20_000 / unit.Length));
        Stopwatch watch = Stopwatch.StartNew();
        PersonalDataScrubber.Scrub(text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"took {watch.Elapsed}");
    }
}
