using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Unlearning.Host.Storage.Migrations
{
    /// <inheritdoc />
    public partial class ReceivedInteractions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ReceivedInteractions",
                columns: table => new
                {
                    InteractionId = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ReceivedInteractions", x => x.InteractionId);
                });

            migrationBuilder.Sql("INSERT INTO ReceivedInteractions SELECT InteractionId, MIN(At) FROM Occurrences GROUP BY InteractionId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ReceivedInteractions");
        }
    }
}
