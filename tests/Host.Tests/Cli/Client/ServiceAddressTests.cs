using Unlearning.Host.Api;
using Unlearning.Host.Cli.Client;

namespace Unlearning.Host.Tests.Cli.Client;

public sealed class ServiceAddressTests
{
    [Theory]
    [InlineData("", "http://127.0.0.1:6123/")]
    [InlineData("0.0.0.0", "http://127.0.0.1:6123/")]
    [InlineData("::", "http://127.0.0.1:6123/")]
    [InlineData("10.1.2.3", "http://10.1.2.3:6123/")]
    [InlineData("::1", "http://[::1]:6123/")]
    public void Every_command_reaches_the_service_where_the_settings_have_it_listen(string address, string expected)
    {
        Dictionary<string, string?> settings = new() { ["Unlearning:Api:Address"] = address, ["Unlearning:Api:Port"] = "6123" };
        using ServiceConnection connection = ServiceConnection.Open(null, settings);

        Assert.Equal(expected, connection.Url.ToString());
        Assert.Equal(expected, ServiceAddress.Of(new ApiOptions { Address = address, Port = 6123 }).ToString());
    }
}
