using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Unlearning.Host.Api.Management;

namespace Unlearning.Host.Tests.Api.Management;

public sealed class FullDiskTests
{
    public static TheoryData<Exception> Failures => new(
        new IOException("No space left on device", 28),
        new DbUpdateException("An error occurred.", new SqliteException("database or disk is full", 13)));

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task A_full_disk_is_named_with_what_to_do_instead_of_a_failure_of_the_server(Exception failure)
    {
        object? answer = await AnswerAsync(failure);

        Assert.Equal(StatusCodes.Status507InsufficientStorage, Assert.IsAssignableFrom<IStatusCodeHttpResult>(answer).StatusCode);
        Assert.Contains("Free some space", Assert.IsAssignableFrom<IValueHttpResult<Microsoft.AspNetCore.Mvc.ProblemDetails>>(answer).Value!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_failure_of_the_disk_is_not_called_full() =>
        Assert.Equal(StatusCodes.Status500InternalServerError, Assert.IsAssignableFrom<IStatusCodeHttpResult>(await AnswerAsync(new IOException("Input/output error", 5))).StatusCode);

    private static async Task<object?> AnswerAsync(Exception failure) => await new ProblemFilter(NullLogger<ProblemFilter>.Instance)
        .InvokeAsync(EndpointFilterInvocationContext.Create(new DefaultHttpContext()), _ => throw failure);
}
